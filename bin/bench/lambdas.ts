import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { MetricBatch } from '../../core/metrics/model.ts';
import { countPoints, decodeMetrics, encodeMetrics } from '../../edge-agent/uplink/messages.ts';
import { asRecord, asText } from '../../local/aws/properties.ts';
import { environmentOf } from '../../local/lambda/environment.ts';
import { LambdaFunction } from '../../local/lambda/function.ts';
import type { InvocationResult } from '../../local/lambda/runtime-api.ts';
import { Worker, type WorkerOptions } from '../../local/lambda/worker.ts';
import { percentile } from '../../local/start/report.ts';
import type { Twin } from '../../local/twin.ts';
import { type Bench, type BenchResult, median } from './bench.ts';
import { startBenchTwin } from './bench-twin.ts';
import { PROJECT } from './project.ts';

const MAX_BUNDLE_BYTES = 1_000_000;
const COLD_STARTS = 7;
const WARM_UP = 50;
const INVOCATIONS = 300;
/** An agent's first message holds few points; a later one all that it has. */
const REAL_MESSAGE = 3;
const ENVIRONMENT = 'dev';

const EMPTY_HANDLER = 'export const handler = async () => {};\n';

/** Everything that a process of a function needs, as the twin starts it. */
type Startable = (directory: string) => WorkerOptions;

export const lambdas: Bench = {
  name: 'lambdas',
  summary: 'each function: its bundle, its cold start and a warm invocation, beside a function that does nothing',
  async run(say) {
    const { twin, startAgent, stop } = await startBenchTwin(say);
    const empty = mkdtempSync(path.join(os.tmpdir(), 'nsmon-empty-'));
    writeFileSync(path.join(empty, 'index.mjs'), EMPTY_HANDLER);
    try {
      const names = twin.services.lambda.names.map(shortName);
      const results = names.map(bundleSize);
      for (const name of names) results.push(await coldStart(name, startable(twin, name), empty));
      const agent = await startAgent({
        board: { kind: 'generated', deviceId: 'headset-1' },
        seed: 1,
        intervals: { publish: 1 },
      });
      const message = await realMessage(twin);
      // From here on nobody else wants the processors.
      await agent.stop();
      say(`a real message of ${countPoints(message.groups)} points, ${encodeMetrics(message).byteLength} bytes`);
      results.push(...(await warm(twin, message, startable(twin, 'ingest')(empty))));
      return results;
    } finally {
      await stop();
      rmSync(empty, { recursive: true });
    }
  },
};

function bundleSize(name: string): BenchResult {
  const ours = statSync(path.join(bundleOf(name), 'index.mjs')).size;
  return { what: `${name}, bundle`, unit: 'bytes', ours, limit: MAX_BUNDLE_BYTES };
}

/** From the start of the process until it asks for its first event; in turns with one that does nothing. */
async function coldStart(name: string, options: Startable, empty: string): Promise<BenchResult> {
  const times: { readonly ours: number[]; readonly peer: number[] } = { ours: [], peer: [] };
  for (let i = 0; i < COLD_STARTS; i += 1) {
    times.ours.push(await timeToFirstNext(options(bundleOf(name))));
    times.peer.push(await timeToFirstNext(options(empty)));
  }
  const peer = { name: 'empty handler', value: median(times.peer) };
  return { what: `${name}, cold start`, unit: 'ms', ours: median(times.ours), peer };
}

async function timeToFirstNext(options: WorkerOptions): Promise<number> {
  const begunMs = performance.now();
  const worker = new Worker(options);
  const failed = await worker.start();
  const tookMs = performance.now() - begunMs;
  await worker.stop();
  if (failed) throw new Error(`the function cannot be loaded: ${failed.payload}`);
  return tookMs;
}

/** The whole way of an invocation, in turns: the twin's `ingest` stores the message, the other function does nothing. */
async function warm(twin: Twin, message: MetricBatch, options: WorkerOptions): Promise<BenchResult[]> {
  const configuration = twin.services.lambda.configuration(wholeName('ingest'));
  const nothing = new LambdaFunction({ ...configuration, name: 'empty' }, () => options, 1);
  const times: { readonly ours: number[]; readonly peer: number[] } = { ours: [], peer: [] };
  for (let i = 0; i < WARM_UP + INVOCATIONS; i += 1) {
    const event = kinesisEvent(madeNow(message, i));
    const ours = await timeOf(() => twin.invoke('ingest', event));
    const peer = await timeOf(() => nothing.invoke(JSON.stringify(event)));
    if (i < WARM_UP) continue;
    times.ours.push(ours);
    times.peer.push(peer);
  }
  await nothing.stop();
  return [0.5, 0.99].map((q) => ({
    what: `ingest, warm p${q * 100}`,
    unit: 'ms',
    ours: percentile(times.ours, q),
    peer: { name: 'empty handler', value: percentile(times.peer, q) },
  }));
}

async function timeOf(invoke: () => Promise<InvocationResult>): Promise<number> {
  const begunMs = performance.now();
  const { functionError, payload } = await invoke();
  const tookMs = performance.now() - begunMs;
  if (functionError || payload.includes('itemIdentifier')) throw new Error(`the invocation failed: ${payload}`);
  return tookMs;
}

/** What an agent with a board sends, caught on its way. */
async function realMessage(twin: Twin): Promise<MetricBatch> {
  return new Promise((resolve) => {
    let seen = 0;
    const end = twin.onPublished(({ topic, payload }) => {
      if (!topic.endsWith('/metrics')) return;
      seen += 1;
      if (seen < REAL_MESSAGE) return;
      end();
      resolve(decodeMetrics(payload));
    });
  });
}

/** The message as another agent would have made it just now: every row it becomes is a new one. */
function madeNow(message: MetricBatch, i: number): MetricBatch {
  const nowMs = Date.now();
  const groups = message.groups.map(({ resource, points }) => ({
    resource,
    points: points.map((point) => ({ ...point, timeMs: nowMs })),
  }));
  return { ...message, seq: i + 1, sentAtMs: nowMs, ackRequested: false, groups };
}

function kinesisEvent(message: MetricBatch): object {
  const data = Buffer.from(encodeMetrics(message)).toString('base64');
  const kinesis = {
    kinesisSchemaVersion: '1.0',
    partitionKey: 'bench-2',
    sequenceNumber: String(message.seq),
    data,
    approximateArrivalTimestamp: message.sentAtMs / 1_000,
  };
  return { Records: [{ kinesis, eventSource: 'aws:kinesis', eventID: `shard-0:${message.seq}` }] };
}

/** A function's process as the twin starts it, with another bundle if wanted. */
function startable(twin: Twin, name: string): Startable {
  const configuration = twin.services.lambda.configuration(wholeName(name));
  const { properties = {} } =
    twin.deployment.resources.find(({ type, ref }) => type === 'AWS::Lambda::Function' && ref === wholeName(name)) ??
    {};
  const variables = asRecord(asRecord(properties.Environment).Variables) as Record<string, string>;
  const [handler, runtime] = [asText(properties.Handler), asText(properties.Runtime)];
  return (directory) => ({
    nodePath: process.execPath,
    memoryMb: configuration.memoryMb,
    environment: environmentOf(configuration, { directory, handler, runtime }, twin.place, twin.credentials, variables),
    log: () => {},
  });
}

const bundleOf = (name: string): string => path.join(PROJECT, 'dist', 'lambdas', name);
const wholeName = (name: string): string => `nsmon-${ENVIRONMENT}-${name}`;
const shortName = (name: string): string => name.slice(wholeName('').length);

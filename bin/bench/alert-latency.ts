import { setTimeout as sleep } from 'node:timers/promises';
import { encodeBatch } from '../../core/metrics/otlp.ts';
import type { InboxMessage } from '../../local/inbox/inbox.ts';
import { freePort } from '../../local/start/ports.ts';
import { percentile } from '../../local/start/report.ts';
import { findPeer, peerLatency } from './alert-latency/prometheus-peer.ts';
import type { Bench, BenchResult } from './bench.ts';
import { startBenchTwin } from './bench-twin.ts';

const RULES = 'bin/bench/alert-latency/rules';
const ALERTS = 500;
/** Crossings until every function has the processes that this load needs. */
const WARM_UP = 30;
/** Series that cross in turn: each is a group of its own, and its next crossing a new generation of it. */
const PROBES = 50;
/** Between two crossings; no multiple of it is a second, so they meet the agent's evaluations at every phase. */
const EVERY_MS = 237;
/** Above the threshold for so long; all the while other probes cross. */
const UP_MS = 5_000;
/** Of the peer's scrapes and evaluations: the fastest that is in use, and far beyond it. */
const PEER_INTERVALS = ['1s', '100ms'];
/** An application pushes its state at least this often; a series that is not heard of for 15 s is gone. */
const REFRESH_MS = 5_000;
/** An alert that has not arrived by then is lost. */
const ARRIVES_WITHIN_MS = 20_000;

interface Crossing {
  readonly probe: number;
  readonly crossedAtMs: number;
  firedAtMs?: number;
  receivedAtMs?: number;
}

/** An application that pushes its metrics over OTLP, to the agent on its host. */
function application(port: number) {
  const levels = Array.from({ length: PROBES }, () => 0);
  let seq = 0;
  async function push(probes: readonly number[]): Promise<void> {
    const sentAtMs = Date.now();
    const points = probes.map((probe) => ({
      kind: 'gauge' as const,
      name: 'bench_level',
      labels: { probe: String(probe) },
      timeMs: sentAtMs,
      value: levels[probe] ?? 0,
    }));
    seq += 1;
    const body = encodeBatch({
      boot: 'application',
      seq,
      sentAtMs,
      ackRequested: false,
      groups: [{ resource: { job: 'bench' }, points }],
    });
    const headers = { 'content-type': 'application/x-protobuf' };
    const answer = await fetch(`http://127.0.0.1:${port}/v1/metrics`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`the agent's OTLP receiver answers ${answer.status}: ${await answer.text()}`);
  }
  return {
    pushAll: () => push(levels.map((_, probe) => probe)),
    async set(probe: number, level: number): Promise<void> {
      levels[probe] = level;
      await push([probe]);
    },
  };
}

export const alertLatency: Bench = {
  name: 'alert-latency',
  summary: `${ALERTS} alerts, from the crossing at the edge to the request at the channel, through the whole twin, beside Prometheus and Alertmanager`,

  async run(say) {
    const { cold, crossings } = await throughTheTwin(say);
    return [...results(cold, crossings), ...(await besidePrometheus(arrivedOf(crossings).map(latency), say))];
  },
};

async function throughTheTwin(say: (line: string) => void) {
  const { twin, startAgent, stop } = await startBenchTwin(say, RULES);
  try {
    const otlpPort = await freePort();
    await startAgent({ otlpPort });
    const app = application(otlpPort);
    const crossings: Crossing[] = [];
    twin.inbox.onMessage((message) => received(message, crossings));
    const cross = async (probe: number): Promise<Crossing> => {
      const crossing = { probe, crossedAtMs: Date.now() };
      crossings.push(crossing);
      await app.set(probe, 1);
      return crossing;
    };
    await app.pushAll();
    const refresh = setInterval(() => void app.pushAll(), REFRESH_MS);

    const cold = await cross(0);
    await arrival(cold);
    say(`the first alert of all took ${latency(cold)} ms`);
    await app.set(0, 0);
    crossings.length = 0;

    const falls = new Set<NodeJS.Timeout>();
    const begin = performance.now();
    for (let i = 0; i < WARM_UP + ALERTS; i += 1) {
      await sleep(Math.max(0, begin + i * EVERY_MS - performance.now()));
      const probe = (i + 1) % PROBES;
      await cross(probe);
      falls.add(setTimeout(() => void app.set(probe, 0), UP_MS));
    }
    await Promise.all(crossings.map(arrival));
    for (const timer of falls) clearTimeout(timer);
    clearInterval(refresh);
    return { cold, crossings: crossings.slice(WARM_UP) };
  } finally {
    await stop();
  }
}

/** The same of the peer, which has the machine to itself: the twin is gone by then. */
async function besidePrometheus(ours: readonly number[], say: (line: string) => void): Promise<BenchResult[]> {
  const peer = findPeer();
  if (!peer) {
    say('prometheus or prometheus-alertmanager is not installed: no figure of them');
    return [];
  }
  const results: BenchResult[] = [];
  for (const interval of PEER_INTERVALS) {
    const { lost, latencies } = await peerLatency(peer, { interval, everyMs: EVERY_MS });
    say(`Prometheus every ${interval}, Alertmanager: ${latencies.length} alerts arrived, ${lost} did not`);
    const row = (what: string, q: number): BenchResult => ({
      what: `crossing -> channel, warm ${what}`,
      unit: 'ms',
      ours: percentile(ours, q),
      peer: { name: `Prometheus every ${interval}`, value: percentile(latencies, q) },
    });
    results.push(row('p50', 0.5), row('p95', 0.95), row('max', 1));
  }
  return results;
}

function results(cold: Crossing, crossings: readonly Crossing[]): BenchResult[] {
  const arrived = arrivedOf(crossings);
  const whole = arrived.map(latency);
  const fromFiring = arrived.map(({ firedAtMs = 0, receivedAtMs = 0 }) => receivedAtMs - firedAtMs);
  const row = (what: string, ours: number, limit?: number) => ({
    what,
    unit: 'ms',
    ours,
    ...(limit === undefined ? {} : { limit }),
  });
  return [
    { what: 'alerts lost', unit: `of ${crossings.length}`, ours: crossings.length - arrived.length, limit: 0 },
    row('crossing -> channel, cold', latency(cold)),
    row('crossing -> channel, warm p50', percentile(whole, 0.5)),
    row('crossing -> channel, warm p95', percentile(whole, 0.95)),
    row('crossing -> channel, warm p99', percentile(whole, 0.99), 1000),
    row('crossing -> channel, warm max', Math.max(...whole)),
    row('of it firing -> channel, p50', percentile(fromFiring, 0.5)),
    row('of it firing -> channel, p99', percentile(fromFiring, 0.99)),
  ];
}

/**
 * Notes when the page of a crossing arrived, and since when the alert fires by the edge's word. That also tells which
 * crossing it is: a late page may arrive after the probe's next.
 */
function received({ at, status, raw }: InboxMessage, crossings: readonly Crossing[]): void {
  if (status !== 'trigger') return;
  const { groupLabels, alerts } = JSON.parse(raw) as {
    groupLabels: { probe?: string };
    alerts: readonly { startsAt: string }[];
  };
  const probe = Number(groupLabels.probe);
  const firedAtMs = Date.parse(alerts[0]?.startsAt ?? '');
  const crossing = crossings.findLast((one) => one.probe === probe && one.crossedAtMs <= firedAtMs);
  if (!crossing || crossing.receivedAtMs !== undefined) return;
  crossing.receivedAtMs = at;
  crossing.firedAtMs = firedAtMs;
}

function arrivedOf(crossings: readonly Crossing[]): Crossing[] {
  return crossings.filter(({ receivedAtMs }) => receivedAtMs !== undefined);
}

function latency({ crossedAtMs, receivedAtMs = Number.NaN }: Crossing): number {
  return receivedAtMs - crossedAtMs;
}

async function arrival(crossing: Crossing): Promise<void> {
  const deadline = crossing.crossedAtMs + ARRIVES_WITHIN_MS;
  while (crossing.receivedAtMs === undefined && Date.now() < deadline) await sleep(20);
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../local/start/ports.ts';
import { type Server, startServer } from './server-process.ts';

/** The names that Debian's packages and the project's own archives give them. */
const PROMETHEUS = ['prometheus'];
const ALERTMANAGER = ['prometheus-alertmanager', 'alertmanager'];
/**
 * Prometheus gives each target and each rule group a phase of its own, so one target would see one wait between scrape
 * and evaluation again and again. The probes are spread over so many.
 */
const TARGETS = 10;
/** Crossings that are not counted: Prometheus may take 5 s until it knows its targets and its Alertmanager. */
const WARM_UP = 40;
const CROSSINGS = 100;
/** An alert that has not arrived by then is lost. */
const ARRIVES_WITHIN_MS = 20_000;

export interface PeerOptions {
  /** Of scrapes and of evaluations, as Prometheus writes it: `1s`, `100ms`. */
  readonly interval: string;
  /** Between two crossings, milliseconds. */
  readonly everyMs: number;
}

export interface PeerLatency {
  readonly lost: number;
  /** From the crossing to the webhook's request, milliseconds, of all that arrived. */
  readonly latencies: readonly number[];
}

/** The commands of both servers; undefined where one is not installed. */
export function findPeer(): { readonly prometheus: string; readonly alertmanager: string } | undefined {
  const find = (names: readonly string[]) => names.find((name) => spawnSync(name, ['--version']).status === 0);
  const [prometheus, alertmanager] = [find(PROMETHEUS), find(ALERTMANAGER)];
  return prometheus && alertmanager ? { prometheus, alertmanager } : undefined;
}

/** Prometheus, which scrapes gauges that cross in turn, and Alertmanager, which waits for no company and calls a webhook. */
export async function peerLatency(
  { prometheus, alertmanager }: NonNullable<ReturnType<typeof findPeer>>,
  { interval, everyMs }: PeerOptions,
): Promise<PeerLatency> {
  const crossedAtMs = new Map<number, number>();
  const receivedAtMs = new Map<number, number>();
  const directory = mkdtempSync(path.join(tmpdir(), 'nsmon-peer-'));
  const http = createServer((request, response) => {
    if (request.method === 'POST') void receive(request, response, receivedAtMs);
    else response.end(exposition(request.url ?? '', crossedAtMs));
  });
  const servers: Server[] = [];
  try {
    const httpPort = await freePort();
    await new Promise<void>((resolve) => http.listen(httpPort, '127.0.0.1', resolve));
    const start = async (command: string, name: string, config: object, storage: string, more: readonly string[]) => {
      const port = await freePort();
      const file = path.join(directory, `${name}.json`);
      // JSON is YAML.
      writeFileSync(file, JSON.stringify(config));
      const listen = `--web.listen-address=127.0.0.1:${port}`;
      const args = [`--config.file=${file}`, listen, `--${storage}=${path.join(directory, name)}`, ...more];
      servers.push(startServer(command, [...args, '--log.level=error'], `http://127.0.0.1:${port}/-/ready`));
      await servers.at(-1)?.ready();
      return port;
    };
    const route = { receiver: 'channel', group_by: ['alertname', 'probe'], group_wait: '0s', group_interval: '1s' };
    const webhook = { url: `http://127.0.0.1:${httpPort}/webhook`, send_resolved: false };
    const routing = { route, receivers: [{ name: 'channel', webhook_configs: [webhook] }] };
    // No cluster: a peer that waits for others would tell later.
    const alone = ['--cluster.listen-address='];
    const port = await start(alertmanager, 'alertmanager', routing, 'storage.path', alone);
    const rules = path.join(directory, 'rules.json');
    const rule = { alert: 'Crossed', expr: 'bench_level > 0.5', labels: { severity: 'critical' } };
    writeFileSync(rules, JSON.stringify({ groups: [{ name: 'crossing', rules: [rule] }] }));
    const config = {
      global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
      rule_files: [rules],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${port}`] }] }] },
      scrape_configs: Array.from({ length: TARGETS }, (_, i) => ({
        job_name: `bench-${i}`,
        metrics_path: `/metrics/${i}`,
        static_configs: [{ targets: [`127.0.0.1:${httpPort}`] }],
      })),
    };
    await start(prometheus, 'prometheus', config, 'storage.tsdb.path', []);

    const begin = performance.now();
    for (let probe = 0; probe < WARM_UP + CROSSINGS; probe += 1) {
      await sleep(Math.max(0, begin + probe * everyMs - performance.now()));
      crossedAtMs.set(probe, Date.now());
    }
    const deadline = Date.now() + ARRIVES_WITHIN_MS;
    while (receivedAtMs.size < crossedAtMs.size && Date.now() < deadline) await sleep(20);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    rmSync(directory, { recursive: true, force: true });
  }
  const latencies = [...receivedAtMs]
    .filter(([probe]) => probe >= WARM_UP)
    .map(([probe, at]) => at - (crossedAtMs.get(probe) ?? Number.NaN));
  return { lost: CROSSINGS - latencies.length, latencies };
}

/** What a target exposes: its share of the probes, each with a level of 1 from its crossing on. */
function exposition(url: string, crossedAtMs: ReadonlyMap<number, number>): string {
  const target = Number(url.split('/').at(-1));
  const probes = Array.from({ length: WARM_UP + CROSSINGS }, (_, probe) => probe);
  const lines = probes
    .filter((probe) => probe % TARGETS === target)
    .map((probe) => `bench_level{probe="${probe}"} ${crossedAtMs.has(probe) ? 1 : 0}\n`);
  return `# TYPE bench_level gauge\n${lines.join('')}`;
}

/** Notes when the first request that tells of a probe arrived. */
async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  receivedAtMs: Map<number, number>,
): Promise<void> {
  const at = Date.now();
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  response.end();
  const { groupLabels } = JSON.parse(body) as { groupLabels: { probe: string } };
  const probe = Number(groupLabels.probe);
  if (!receivedAtMs.has(probe)) receivedAtMs.set(probe, at);
}

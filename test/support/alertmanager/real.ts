import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configurationOf, LENGTH, type Scenario, type ScenarioEvent } from './scenario.ts';
import type { Told } from './simulate.ts';

/** Where Debian's package puts it. */
export const ALERTMANAGER = '/usr/bin/prometheus-alertmanager';
export const hasAlertmanager = existsSync(ALERTMANAGER);
/** From the start of the process to the first event: half a second off every even second of its own timers. */
export const LEAD_SECONDS = 2.5;

export interface RealRun {
  readonly told: readonly Told[];
  /** How late the latest event was sent, in ms: the margin is a second. */
  readonly latestMs: number;
}

/** Plays all scenarios at once in one real Alertmanager, in real time. */
export async function playReal(scenarios: readonly Scenario[]): Promise<RealRun> {
  const told: Told[] = [];
  const inbox = createServer((request, response) => {
    void readBody(request).then((body) => {
      told.push(toldOf(request.url ?? '', JSON.parse(body) as WebhookMessage));
      response.end();
    });
  });
  const directory = mkdtempSync(path.join(tmpdir(), 'alertmanager-'));
  let child: ChildProcess | undefined;
  try {
    const inboxPort = await listen(inbox);
    const file = path.join(directory, 'alertmanager.yml');
    const urlOf = (receiver: string, i: number): string => `http://127.0.0.1:${inboxPort}/${receiver}/${i}`;
    writeFileSync(file, configurationOf(scenarios, urlOf));
    const port = await freePort();
    child = spawn(
      ALERTMANAGER,
      [
        `--config.file=${file}`,
        `--storage.path=${directory}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
        '--log.level=error',
      ],
      { stdio: 'inherit' },
    );
    const url = `http://127.0.0.1:${port}/api/v2`;
    await ready(`http://127.0.0.1:${port}/-/ready`, child);
    const latestMs = await play(scenarios, url, Date.now() + LEAD_SECONDS * 1000);
    return { told, latestMs };
  } finally {
    if (child && child.exitCode === null && child.pid !== undefined) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    inbox.closeAllConnections();
    inbox.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function play(scenarios: readonly Scenario[], url: string, startMs: number): Promise<number> {
  const silenceIds = new Map<string, string>();
  const events = scenarios.flatMap((scenario) => scenario.events);
  let latestMs = 0;
  for (let second = 0; second <= LENGTH; second += 1) {
    await sleep(Math.max(startMs + second * 1000 - Date.now(), 0));
    const now = events.filter(({ at }) => at === second);
    const iso = (at: number): string => new Date(startMs + at * 1000).toISOString();
    const alerts = now.flatMap((event) => (isAlert(event) ? [alertOf(event, iso)] : []));
    if (alerts.length > 0) await send(`${url}/alerts`, 'POST', alerts);
    for (const event of now) {
      if (event.kind === 'silence') {
        const { matchers, at, endsAt, id } = event;
        const body = { matchers, startsAt: iso(at), endsAt: iso(endsAt), createdBy: 'test', comment: 'test' };
        const { silenceID } = (await send(`${url}/silences`, 'POST', body)) as { silenceID: string };
        silenceIds.set(id, silenceID);
      }
      if (event.kind === 'expire') await send(`${url}/silence/${silenceIds.get(event.id)}`, 'DELETE');
    }
    latestMs = Math.max(latestMs, Date.now() - startMs - second * 1000);
  }
  // The last flush's messages are under way.
  await sleep(500);
  return latestMs;
}

function isAlert(event: ScenarioEvent): event is ScenarioEvent & { kind: 'fire' | 'resolve' } {
  return event.kind === 'fire' || event.kind === 'resolve';
}

function alertOf(event: ScenarioEvent & { kind: 'fire' | 'resolve' }, iso: (at: number) => string) {
  const { kind, at, labels, startsAt } = event;
  return { labels, startsAt: iso(startsAt), endsAt: iso(kind === 'fire' ? at + 3600 : at) };
}

interface WebhookMessage {
  readonly status: string;
  readonly groupKey: string;
  readonly alerts: readonly { readonly status: string; readonly labels: { readonly id: string } }[];
}

function toldOf(url: string, { status, groupKey, alerts }: WebhookMessage): Told {
  const [, receiver, index] = url.split('/');
  const members = alerts.map((alert) => `${alert.labels.id} ${alert.status}`).sort();
  return { group: `${receiver} webhook[${index}] ${groupKey}`, status, members };
}

async function send(url: string, method: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`Alertmanager ended with code ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error('Alertmanager is not ready after 20 s');
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

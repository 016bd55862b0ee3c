import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HealCommand, HealResult } from '../../core/healing/command.ts';
import { type Agent, createAgent } from '../../edge-agent/agent.ts';
import { FaultyBoard } from '../../edge-agent/boards/faulty.ts';
import { GeneratedBoard } from '../../edge-agent/boards/generated.ts';
import { seededRandom } from '../../edge-agent/boards/prng.ts';
import { parseConfig } from '../../edge-agent/config.ts';
import { FakeUplink } from '../support/fake-uplink.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

const START = Date.UTC(2026, 10, 25, 12);

let directory: string;
const running: Agent[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nsmon-healing-'));
});
afterEach(async () => {
  for (const agent of running.splice(0)) await agent.stop();
  rmSync(directory, { recursive: true });
});

interface World {
  readonly agent: Agent;
  readonly uplink: FakeUplink;
  readonly board: FaultyBoard;
  restarts: number;
  nowMs(): number;
  pass(seconds: number): Promise<void>;
  send(command?: Partial<HealCommand>): void;
  /** Waits until a command was answered so. */
  answer(status: HealResult['status']): Promise<HealResult>;
  /** Lets time pass until a command was answered so: how much depends on the disk, which keeps no clock of ours. */
  passUntil(status: HealResult['status']): Promise<HealResult>;
}

async function start(settings: object = {}, clockStartMs = START): Promise<World> {
  const uplink = new FakeUplink();
  const clock = new ManualClock();
  const board = new FaultyBoard(
    new GeneratedBoard({ deviceId: 'cyton-1', channelCount: 2, sampleRateHz: 125 }, clock, seededRandom(1)),
    clock,
    seededRandom(2),
  );
  const time = {
    nowMs: () => clock.nowMs(),
    setTimer: (delayMs: number, callback: () => void) => clock.setTimer(delayMs, callback),
    epochMs: () => Math.round(clockStartMs + clock.nowMs()),
  };
  const config = parseConfig(
    {
      environment: 'dev',
      thing: 'lab-1',
      dataDirectory: join(directory, 'data'),
      uplink: { kind: 'greengrass' },
      buffer: { sync: false },
      intervals: { flush: 0 },
      statusPort: 0,
      ...settings,
    },
    'test',
  );
  const world = { restarts: 0 };
  const agent = await createAgent(config, {
    clock: time,
    uplink,
    board,
    log: () => undefined,
    random: seededRandom(3),
    restart: () => {
      world.restarts += 1;
    },
  });
  running.push(agent);
  await agent.start();
  const pass = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i += 1) {
      clock.advance(1_000);
      for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const command = (): HealCommand => ({
    command: 'heal',
    id: 'c1',
    action: 'reconnect-board',
    target: { thing: 'lab-1', deviceId: 'cyton-1' },
    issuedAtMs: time.epochMs(),
    expiresAtMs: time.epochMs() + 20_000,
  });
  return Object.assign(world, {
    agent,
    uplink,
    board,
    nowMs: time.epochMs,
    pass,
    send: (more: Partial<HealCommand> = {}) => uplink.command({ ...command(), ...more }),
    async answer(status: HealResult['status']): Promise<HealResult> {
      const find = () => uplink.results.findLast((result) => result.status === status);
      await until(() => find() !== undefined);
      return find()!;
    },
    async passUntil(status: HealResult['status']): Promise<HealResult> {
      const find = () => uplink.results.findLast((result) => result.status === status);
      for (let seconds = 0; seconds < 120 && find() === undefined; seconds += 1) await pass(1);
      return find() ?? (await this.answer(status));
    },
  });
}

async function tell({ agent }: World, session: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${agent.ports().status}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(session),
  });
}

const AGREED = { id: 's-1', phase: 'live', consent: true };

describe('a board that stalls silently', () => {
  test('is reconnected, and it is seen that this helped', async () => {
    const world = await start();
    await tell(world, AGREED);
    await world.pass(3);
    world.board.inject({ kind: 'stall', until: 'reconnect' });
    await world.pass(7);
    expect(world.agent.status().device?.connected).toBe(false);
    world.send();
    await world.answer('accepted');
    const { evidence } = await world.passUntil('done');
    expect(evidence?.expr).toBe('neural_device_connected{device_id="cyton-1"} == 1');
    expect(evidence?.heldForMs).toBeGreaterThanOrEqual(3_000);
    expect(world.agent.status().device?.connected).toBe(true);
  });

  test('and stays silent is reported as such, with what was seen', async () => {
    const world = await start();
    await tell(world, AGREED);
    await world.pass(3);
    world.board.inject({ kind: 'stall' });
    await world.pass(7);
    world.send();
    await world.answer('accepted');
    const { evidence } = await world.passUntil('failed');
    expect(evidence?.heldForMs).toBe(0);
    expect(evidence?.values.at(-1)?.value).toBeNull();
  });

  test('whose stream hangs needs no reconnection', async () => {
    const world = await start();
    await tell(world, AGREED);
    await world.pass(3);
    world.board.inject({ kind: 'stall', until: 'stream-restart' });
    await world.pass(7);
    world.send({ action: 'restart-stream' });
    await world.answer('accepted');
    await world.passUntil('done');
  });
});

describe('a command to heal', () => {
  test.each([
    ['expired', (nowMs: number) => ({ issuedAtMs: nowMs - 60_000, expiresAtMs: nowMs - 1 })],
    ['clock-skew', (nowMs: number) => ({ issuedAtMs: nowMs + 60_000, expiresAtMs: nowMs + 80_000 })],
    ['other-target', () => ({ target: { thing: 'lab-1', deviceId: 'another' } })],
    ['other-target', () => ({ target: { thing: 'lab-2' } })],
    ['not-supported', () => ({ action: 'redrive-parked', target: { thing: 'lab-1' } }) as const],
  ])('is refused as %s', async (refusal, change) => {
    const world = await start();
    await tell(world, AGREED);
    world.send(change(world.nowMs()));
    expect(await world.answer('refused')).toMatchObject({ id: 'c1', refusal });
  });

  test('is refused while a session is live without consent, and presumed live until somebody says otherwise', async () => {
    const world = await start();
    expect(world.agent.status().session).toMatchObject({ phase: 'live', consent: false });
    world.send();
    expect(await world.answer('refused')).toMatchObject({ refusal: 'live-session' });
    await tell(world, { id: 's-1', phase: 'paused' });
    world.send({ id: 'c2' });
    expect(await world.answer('accepted')).toMatchObject({ id: 'c2' });
  });

  test('that leaves the signal alone is done during a live session; the next one waits for its turn', async () => {
    const world = await start();
    world.send({ action: 'raise-publish-interval', target: { thing: 'lab-1' } });
    await world.answer('accepted');
    await until(() => world.agent.status().publishSeconds === 30);
    await world.pass(1);
    world.send({ id: 'c2', action: 'lower-publish-interval', target: { thing: 'lab-1' } });
    expect(await world.answer('refused')).toMatchObject({ id: 'c2', refusal: 'busy' });
  });

  test('that arrives twice is done once and answered twice', async () => {
    const world = await start();
    await tell(world, { id: 's-1', phase: 'none' });
    world.send();
    await world.answer('accepted');
    await world.passUntil('done');
    const before = world.agent.status().samples.read;
    world.send();
    await until(() => world.uplink.results.filter(({ status }) => status === 'done').length === 2);
    expect(world.uplink.results.filter(({ status }) => status === 'accepted')).toHaveLength(1);
    expect(world.agent.status().samples.read).toBe(before);
  });

  test('is not done again by the agent that comes after a crash: it says that it was interrupted', async () => {
    const first = await start();
    await tell(first, { id: 's-1', phase: 'none' });
    first.send();
    await first.answer('accepted');
    // What is on the disk at the moment of the crash.
    cpSync(join(directory, 'data'), join(directory, 'after'), { recursive: true });
    const second = await start({ dataDirectory: join(directory, 'after') }, START + 10_000);
    second.send();
    expect(await second.passUntil('failed')).toMatchObject({ problem: expect.stringContaining('restarted') });
  });

  test('to restart the agent is verified by the agent that comes after it, which knows the session', async () => {
    const first = await start();
    await tell(first, { id: 's-1', phase: 'paused' });
    first.send({ action: 'restart-component', target: { thing: 'lab-1' } });
    await until(() => first.restarts === 1);
    running.splice(running.indexOf(first.agent), 1);
    await first.agent.stop();
    const second = await start({}, START + 60_000);
    expect(second.agent.status().session).toEqual({ id: 's-1', phase: 'paused', consent: false });
    expect(await second.passUntil('done')).toMatchObject({ id: 'c1', action: 'restart-component' });
    expect(second.restarts).toBe(0);
  });
});

describe('POST /session', () => {
  test('is reported with the alerts at once', async () => {
    const world = await start();
    await world.pass(1);
    expect((await tell(world, AGREED)).status).toBe(200);
    await world.pass(1);
    expect(world.uplink.reports.at(-1)?.session).toEqual(AGREED);
  });

  test('says what is wrong with it', async () => {
    const world = await start();
    const answer = await tell(world, { id: 'Jane Doe', phase: 'asleep', consent: 'yes' });
    expect(answer.status).toBe(400);
    const text = await answer.text();
    for (const part of [
      'id is "Jane Doe"',
      'phase is "asleep"; it must be one of live, paused, none',
      'consent is "yes"',
    ])
      expect(text).toContain(part);
  });

  test('is not taken from a web page', async () => {
    const world = await start();
    expect((await tell(world, AGREED, { origin: 'https://example.org' })).status).toBe(403);
    expect((await tell(world, AGREED, { 'content-type': 'text/plain' })).status).toBe(403);
    expect(world.agent.status().session?.consent).toBe(false);
  });
});

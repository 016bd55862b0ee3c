import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RuleStatus } from '../../core/rules/index.ts';
import { type Agent, createAgent } from '../../edge-agent/agent.ts';
import { FaultyBoard } from '../../edge-agent/boards/faulty.ts';
import { GeneratedBoard } from '../../edge-agent/boards/generated.ts';
import { seededRandom } from '../../edge-agent/boards/prng.ts';
import { parseConfig } from '../../edge-agent/config.ts';
import { FakeUplink } from '../support/fake-uplink.ts';
import { ManualClock } from '../support/manual-clock.ts';

const START = Date.UTC(2026, 10, 23, 12, 0, 30);
const RULES = `
groups:
  - name: electrodes
    interval: 1s
    rules:
      - alert: ElectrodeDetached
        expr: neural_channel_contact == 0
        for: 3s
        annotations: { summary: "{{ $labels.channel }} is off" }
  - name: fleet
    rules:
      - alert: RunsInTheCloud
        expr: avg(neural_data_quality_score) < 2
`;

let directory: string;
const running: Agent[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nsmon-agent-'));
  writeFileSync(join(directory, 'rules.yaml'), RULES);
});
afterEach(async () => {
  for (const agent of running.splice(0)) await agent.stop();
  rmSync(directory, { recursive: true });
});

interface World {
  readonly agent: Agent;
  readonly clock: ManualClock;
  readonly logged: string[];
  /** Lets so many seconds pass, one by one, with the disk keeping up. */
  pass(seconds: number): Promise<void>;
}

/** `startMs`: epoch time at which the monotonic clock begins. */
async function start(uplink: FakeUplink, settings: object = {}, startMs = START): Promise<World> {
  const clock = new ManualClock();
  const board = new FaultyBoard(
    new GeneratedBoard({ deviceId: 'cyton-1', sampleRateHz: 250 }, clock, seededRandom(1)),
    clock,
    seededRandom(2),
  );
  const config = parseConfig(
    {
      environment: 'dev',
      thing: 'lab-1',
      dataDirectory: join(directory, 'data'),
      uplink: { kind: 'greengrass' },
      rules: [join(directory, 'rules.yaml')],
      buffer: { sync: false },
      intervals: { flush: 0, resend: 30 },
      ...settings,
    },
    'test',
  );
  const logged: string[] = [];
  const time = {
    nowMs: () => clock.nowMs(),
    setTimer: (delayMs: number, callback: () => void) => clock.setTimer(delayMs, callback),
    epochMs: () => Math.round(startMs + clock.nowMs()),
  };
  const agent = await createAgent(config, {
    clock: time,
    uplink,
    board,
    log: (level, message) => logged.push(`${level} ${message}`),
    random: seededRandom(startMs % 1_000_003),
  });
  running.push(agent);
  await agent.start();
  const pass = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i += 1) {
      clock.advance(1_000);
      await diskIdle(agent);
    }
  };
  return { agent, clock, logged, pass };
}

/** Waits for the disk, not for time: until neither the ledger nor what was sent changes any more. */
async function diskIdle(agent: Agent): Promise<void> {
  let last = '';
  for (let quiet = 0; quiet < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const { ledger, egress, seq } = agent.status();
    const now = JSON.stringify([ledger, egress, seq]);
    quiet = now === last ? quiet + 1 : 0;
    last = now;
  }
}

async function stop({ agent }: World): Promise<void> {
  running.splice(running.indexOf(agent), 1);
  await agent.stop();
}

describe('an agent', () => {
  test('sends what it measures every 10 s, every second in live mode, and slowly again after it', async () => {
    const uplink = new FakeUplink();
    const { pass } = await start(uplink);
    await pass(30);
    expect(uplink.batches.length).toBeGreaterThanOrEqual(3);
    expect(uplink.batches.length).toBeLessThanOrEqual(4);
    const before = uplink.batches.length;
    uplink.command({ command: 'live', seconds: 20 });
    await pass(20);
    expect(uplink.batches.length - before).toBeGreaterThanOrEqual(19);
    const after = uplink.batches.length;
    await pass(30);
    expect(uplink.batches.length - after).toBeLessThanOrEqual(4);
    expect(uplink.batches.map(({ seq }) => seq)).toEqual(uplink.batches.map((_, i) => i + 1));
    const jobs = new Set(uplink.batches.flatMap(({ groups }) => groups.map(({ resource }) => resource.job)));
    expect(jobs).toEqual(new Set(['edge-agent', 'node', 'neural']));
  });

  test('asks again when it stops for acknowledgements that were lost on the way', async () => {
    const uplink = new FakeUplink();
    uplink.acknowledges = false;
    const world = await start(uplink, { intervals: { flush: 10, resend: 600 } });
    await world.pass(30);
    const sent = uplink.batches.length;
    const stopped = stop(world);
    await diskIdle(world.agent);
    expect(uplink.batches).toHaveLength(sent + 1);
    uplink.acknowledges = true;
    for (let i = 0; i < 50 && world.agent.status().buffered.messages > 0; i += 1) {
      world.clock.advance(50);
      await diskIdle(world.agent);
    }
    world.clock.advance(50);
    await stopped;
    expect(world.agent.status().ledger.buffered).toBe(0);
  });

  test('sends an exact roll-up of each whole minute once', async () => {
    const uplink = new FakeUplink();
    const { pass } = await start(uplink);
    await pass(140);
    const rollups = uplink.batches
      .flatMap(({ groups }) => groups.flatMap(({ points }) => points))
      .filter(({ kind, name }) => kind === 'rollup' && name === 'neural_device_data_rate_hertz');
    expect(rollups.map(({ timeMs }) => new Date(timeMs).toISOString())).toEqual([
      '2026-11-23T12:01:00.000Z',
      '2026-11-23T12:02:00.000Z',
    ]);
  });

  test('loses and doubles nothing while the network is gone, and while the next hop loses messages', async () => {
    const uplink = new FakeUplink();
    const world = await start(uplink);
    await world.pass(15);
    uplink.setConnected(false);
    await world.pass(20);
    uplink.setConnected(true);
    await world.pass(5);
    uplink.delivers = false;
    await world.pass(20);
    uplink.delivers = true;
    await world.pass(60);
    const { ledger } = world.agent.status();
    expect(ledger).toMatchObject({ acknowledged: ledger.recorded, buffered: 0, dropped: 0 });
    expect(uplink.storedPoints().size).toBe(ledger.recorded);
    expect(ledger.recorded).toBeGreaterThan(300);
  });

  test('keeps what is not acknowledged over a restart, and sends it again as it was', async () => {
    const uplink = new FakeUplink();
    uplink.acknowledges = false;
    const first = await start(uplink);
    await first.pass(25);
    const sent = uplink.batches.map(({ boot, seq }) => `${boot}/${seq}`);
    await stop(first);
    const second = new FakeUplink();
    const world = await start(second, {}, START + 40_000);
    await world.pass(2);
    const again = second.batches.filter(({ boot }) => boot !== world.agent.status().boot);
    expect(again.map(({ boot, seq }) => `${boot}/${seq}`).slice(0, sent.length)).toEqual(sent);
    // The last message of the first run asked by itself; of the re-sent ones the last asks for all.
    expect(again.at(-1)?.ackRequested).toBe(true);
    expect(again.slice(0, -1).some(({ ackRequested }) => ackRequested)).toBe(false);
    await world.pass(20);
    expect(world.agent.status().ledger.buffered).toBe(0);
    expect(world.agent.status().ledger.recorded).toBe(second.storedPoints().size);
  });

  test('that is told to lose one point is found out', async () => {
    const uplink = new FakeUplink();
    const { agent, pass } = await start(uplink, { faults: { dropOne: true } });
    await pass(60);
    expect(agent.status().ledger.recorded - uplink.storedPoints().size).toBe(1);
  });
});

describe('alerts at the edge', () => {
  const off = { command: 'inject-fault', fault: { kind: 'electrode-detached', channel: 'C3' } };
  const on = { command: 'clear-fault', kind: 'electrode-detached', channel: 'C3' };
  const live = { allowFaultInjection: true };

  test('are reported at once when they change, with live mode, and end when the electrode is back', async () => {
    const uplink = new FakeUplink();
    const { agent, pass } = await start(uplink, live);
    await pass(8);
    const states = () => uplink.reports.map(({ alerts }) => alerts.map(({ state }) => state).join());
    expect(states()).toEqual(['']);
    uplink.command(off);
    await pass(10);
    expect(states()).toEqual(['', 'pending', 'firing']);
    expect(agent.status().publishSeconds).toBe(1);
    const firing = uplink.reports.at(-1)?.alerts[0];
    expect(firing).toMatchObject({
      labels: { alertname: 'ElectrodeDetached', thing: 'lab-1', channel: 'C3', device_id: 'cyton-1' },
      annotations: { summary: 'C3 is off' },
    });
    expect((firing?.firedAtMs ?? 0) - (firing?.activeAtMs ?? 0)).toBeGreaterThanOrEqual(3_000);
    uplink.command(on);
    await pass(10);
    expect(states()).toEqual(['', 'pending', 'firing', 'resolved']);
    expect(uplink.reports.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  test('are told to the store as ALERTS, too', async () => {
    const uplink = new FakeUplink();
    const { pass } = await start(uplink, live);
    await pass(8);
    uplink.command(off);
    await pass(12);
    const stored = [...uplink.storedPoints().values()].filter(({ name }) => name === 'ALERTS');
    expect(new Set(stored.map(({ labels }) => labels.alertstate))).toEqual(new Set(['pending', 'firing']));
  });

  test('are reported every 30 s without a change: the lease', async () => {
    const uplink = new FakeUplink();
    const { pass } = await start(uplink);
    await pass(95);
    expect(uplink.reports).toHaveLength(4);
    expect(uplink.reports.every(({ alerts }) => alerts.length === 0)).toBe(true);
  });

  test('are reported as soon as the network is back', async () => {
    const uplink = new FakeUplink({ online: false });
    const { pass } = await start(uplink, live);
    await pass(5);
    uplink.command(off);
    await pass(10);
    expect(uplink.reports).toEqual([]);
    uplink.setConnected(true);
    await pass(1);
    expect(uplink.reports.at(-1)?.alerts[0]?.state).toBe('firing');
  });

  test('survive a restart: still firing since the same time, never falsely resolved', async () => {
    const uplink = new FakeUplink();
    const first = await start(uplink, live);
    await first.pass(8);
    uplink.command(off);
    await first.pass(10);
    const before = first.agent.status().alerts;
    expect(before[0]?.state).toBe('firing');
    await stop(first);
    const second = new FakeUplink();
    const world = await start(second, live, START + 25_000);
    second.command(off);
    await world.pass(20);
    expect(second.reports.length).toBeGreaterThan(0);
    for (const { alerts } of second.reports) {
      expect(alerts).toEqual([
        expect.objectContaining({
          state: 'firing',
          activeAtMs: before[0]?.activeAtMs,
          firedAtMs: before[0]?.firedAtMs,
        }),
      ]);
    }
  });

  test('cannot be provoked by a command where faults may not be injected', async () => {
    const uplink = new FakeUplink();
    const { agent, logged, pass } = await start(uplink);
    uplink.command(off);
    await pass(10);
    expect(agent.status().alerts).toEqual([]);
    expect(logged).toContain(
      'error inject-fault: this agent does not inject faults; only a test agent with allowFaultInjection does',
    );
  });
});

describe('the status of an agent', () => {
  test('is served on 127.0.0.1 and says what it reads, has and waits for', async () => {
    const uplink = new FakeUplink();
    const { agent, pass } = await start(uplink, { statusPort: 0 });
    await pass(12);
    const response = await fetch(`http://127.0.0.1:${agent.ports().status}/status`);
    const status = (await response.json()) as ReturnType<Agent['status']>;
    expect(status).toEqual(JSON.parse(JSON.stringify(agent.status())));
    expect(status).toMatchObject({ thing: 'lab-1', connected: true, device: { deviceId: 'cyton-1', connected: true } });
    expect(status.samples.read).toBeGreaterThan(2_900);
    expect(Math.abs(status.samples.read - status.samples.expected)).toBeLessThan(30);
    expect(status.rates.samplesPerSecond).toBeCloseTo(250, -1);
  });

  test('serves the rules with their last evaluations: what each saw, what came of it, and how long it took', async () => {
    const uplink = new FakeUplink();
    const { agent, pass } = await start(uplink, { statusPort: 0, allowFaultInjection: true });
    await pass(12);
    uplink.command({ command: 'inject-fault', fault: { kind: 'electrode-detached', channel: 'C3' } });
    await pass(15);
    const response = await fetch(`http://127.0.0.1:${agent.ports().status}/rules`);
    const { rules } = (await response.json()) as { rules: RuleStatus[] };
    expect(rules).toMatchObject([
      { group: 'electrodes', name: 'ElectrodeDetached', health: 'firing', noData: 'resolve' },
    ]);
    const evaluations = rules[0]?.evaluations ?? [];
    expect(evaluations).toHaveLength(20);
    expect(new Set(evaluations.map(({ outcome }) => outcome))).toEqual(new Set(['empty', 'results']));
    expect(evaluations.at(-1)).toMatchObject({
      results: 1,
      series: 8,
      values: [{ labels: { channel: 'C3' }, value: '0' }],
      durationMs: expect.any(Number),
    });
    expect(evaluations.at(-1)?.inputs[0]).toMatchObject({ labels: { channel: 'C3', thing: 'lab-1' }, value: '0' });
    const missing = await fetch(`http://127.0.0.1:${agent.ports().status}/toString`);
    expect(missing.status).toBe(404);
  });
});

describe('a board that falls silent with its port open', () => {
  const shipped = { rules: ['rules/alerts/neural.yaml'], allowFaultInjection: true };
  const silent = ({ agent }: World) => agent.status().alerts.find(({ labels }) => labels.alertname === 'DeviceSilent');

  test.each([0, 150, 430, 780, 990])(
    'is caught within 5 s by the shipped rule, %d ms after a tick',
    async (phaseMs) => {
      const uplink = new FakeUplink();
      const world = await start(uplink, shipped);
      await world.pass(20);
      expect(silent(world)).toBeUndefined();
      world.clock.advance(phaseMs);
      const stalledMs = START + world.clock.nowMs();
      uplink.command({ command: 'inject-fault', fault: { kind: 'stall' } });
      world.clock.advance(5_000);
      expect(silent(world)).toMatchObject({ state: 'firing', labels: { severity: 'critical', device_id: 'cyton-1' } });
      expect((silent(world)?.firedAtMs ?? Number.NaN) - stalledMs).toBeLessThanOrEqual(5_000);
      uplink.command({ command: 'clear-fault' });
      await world.pass(3);
      expect(silent(world)).toMatchObject({ state: 'resolved' });
    },
  );

  test('nobody is told of a pause that radios make', async () => {
    const uplink = new FakeUplink();
    const world = await start(uplink, shipped);
    await world.pass(20);
    uplink.command({ command: 'inject-fault', fault: { kind: 'stall' } });
    world.clock.advance(2_000);
    uplink.command({ command: 'clear-fault' });
    await world.pass(10);
    expect(silent(world)).toBeUndefined();
  });
});

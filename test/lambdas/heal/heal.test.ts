import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type HealCommand,
  type HealingAudit,
  type HealResult,
  offersOf,
  parseHealing,
} from '../../../core/healing/index.ts';
import { type HealPorts, type HealRequest, heal } from '../../../lambdas/heal/heal.ts';
import { readRequest } from '../../../lambdas/heal/request.ts';
import { listHealing } from '../../../lambdas/shared/healing-records.ts';
import { AlertingWorld } from '../../support/alerting-world.ts';

const CONFIG = parseHealing(`
healing:
  - { alert: DeviceSilent, action: reconnect-board, mode: armed, liveSession: consent, holdFor: 60s }
  - { alert: RecordsParked, action: redrive-parked, mode: armed, holdFor: 60s }
`);
const BOARD = { device_id: 'headset-1' };
const KEY = 'lab-1/headset-1#reconnect-board';

let world: AlertingWorld;
let commands: { thing: string; command: HealCommand }[];
let audited: HealingAudit[];
let parkedAgain: number;
let redriven: string[];
let ports: HealPorts;

beforeEach(() => {
  world = new AlertingWorld();
  [commands, audited, redriven, parkedAgain] = [[], [], [], 0];
  world.session = { id: 's-1', phase: 'paused', consent: false };
  ports = {
    table: world.table,
    groups: world.groups,
    escalations: world.ports.escalations,
    config: CONFIG,
    command: async (thing, command) => void commands.push({ thing, command }),
    parked: {
      redrive: async (_id, thing) => redriven.push(thing),
      parkedSince: async () => parkedAgain,
    },
    audit: async (entries) => void audited.push(...entries),
    nowMs: world.clock.now,
  };
  world.healing = {
    config: CONFIG,
    offer: (_sender, events) => ask({ kind: 'offers', offers: offersOf(CONFIG, events) }),
    sessionChanged: (thing) => ask({ kind: 'session', thing }),
  };
});
afterEach(() => world.close());

/** Through JSON, as a message of the IoT rule. */
async function ask(request: HealRequest): Promise<void> {
  await heal(JSON.parse(JSON.stringify(request)) as HealRequest, ports);
}

async function answer(status: HealResult['status'], more: Partial<HealResult> = {}): Promise<void> {
  const id = commands.at(-1)?.command.id ?? 'none';
  const result = { id, action: 'reconnect-board', deviceId: 'headset-1', status, atMs: 0, ...more } as const;
  await ask({ kind: 'answer', thing: 'lab-1', result });
}

describe('an alert that healing covers', () => {
  test('is not paged while healing is under way, nor when it helps', async () => {
    await world.set('lab-1', 'DeviceSilent', 'firing', 'critical', BOARD);
    await world.at(2);
    expect(commands).toMatchObject([{ thing: 'lab-1', command: { action: 'reconnect-board' } }]);
    await answer('accepted');
    await world.at(6);
    await world.set('lab-1', 'DeviceSilent', 'resolved', 'critical', BOARD);
    await answer('done');
    await world.at(300);
    expect(world.received).toEqual([]);
    expect(world.executions.map(({ status }) => status)).toEqual(['SUCCEEDED']);
    expect(await listHealing(world.table)).toMatchObject([{ key: KEY, status: 'verified', failures: [] }]);
    expect(audited.map(({ reason }) => reason)).toEqual(['issued', 'accepted', 'verified']);
  });

  test('is paged at once when it did not help twice, with the evidence; the levels above are not later for it', async () => {
    await world.set('lab-1', 'DeviceSilent', 'firing', 'critical', BOARD);
    await world.at(16);
    await answer('failed', { problem: 'nothing came' });
    await world.at(32);
    expect(world.received).toEqual([]);
    await answer('failed', { problem: 'nothing came again' });
    await world.at(400);
    expect(world.received).toEqual([
      '32s slack CRITICAL: DeviceSilent on lab-1',
      '300s pagerduty trigger CRITICAL, level 2: DeviceSilent on lab-1, nobody has acknowledged',
    ]);
    const [page] = world.requests;
    expect(page?.transport === 'http' && page.body).toContain('Attempt 2');
    expect(page?.transport === 'http' && page.body).toContain('nothing came again');
  });

  test('is paged when healing does not end in time, whatever becomes of it', async () => {
    await world.set('lab-1', 'DeviceSilent', 'firing', 'critical', BOARD);
    await world.at(100);
    expect(world.received).toEqual(['60s slack CRITICAL: DeviceSilent on lab-1']);
  });

  test('is paged when nobody asked healing: the function failed, say', async () => {
    world.healing = { config: CONFIG, offer: async () => undefined, sessionChanged: async () => undefined };
    await world.set('lab-1', 'DeviceSilent', 'firing', 'critical', BOARD);
    await world.at(100);
    expect(world.received).toEqual(['60s slack CRITICAL: DeviceSilent on lab-1']);
  });

  test('is paged at once in a live session, and healed in its pause', async () => {
    world.session = { id: 's-1', phase: 'live', consent: false };
    await world.set('lab-1', 'DeviceSilent', 'firing', 'critical', BOARD);
    await world.at(1);
    expect(world.received).toEqual(['0s slack CRITICAL: DeviceSilent on lab-1']);
    expect(commands).toEqual([]);
    world.session = { id: 's-1', phase: 'paused', consent: false };
    await world.send('lab-1');
    expect(commands).toHaveLength(1);
  });

  test('does not hold the page of another alert in its group', async () => {
    await world.set('lab-1', 'Other', 'firing');
    await world.set('lab-1', 'DeviceSilent', 'firing', 'critical', BOARD);
    await world.at(5);
    expect(world.received).toEqual(['0s slack CRITICAL: Other on lab-1']);
  });

  test('is healed once, however often it is offered, and although the function crashes in between', async () => {
    let crashes = 3;
    world.table.beforePut = (pk) => {
      if (pk.startsWith('HEALING') && crashes > 0) {
        crashes -= 1;
        throw new Error('crash');
      }
    };
    const offer = world.healing?.offer;
    // As Lambda does with an event whose function failed.
    if (world.healing) {
      world.healing = {
        ...world.healing,
        async offer(sender, events) {
          for (let attempt = 0; attempt < 5; attempt += 1) {
            try {
              await offer?.(sender, events);
            } catch (error) {
              if ((error as Error).message !== 'crash') throw error;
            }
          }
        },
      };
    }
    await world.set('lab-1', 'DeviceSilent', 'firing', 'critical', BOARD);
    expect(new Set(commands.map(({ command }) => command.id)).size).toBe(1);
    expect(crashes).toBe(0);
  });
});

describe('a storm', () => {
  test('of 300 boards that fall silent together is acted on at five, whoever is first, and paged everywhere else', async () => {
    const things = Array.from({ length: 300 }, (_, i) => `lab-${i}`);
    for (const thing of things) {
      await world.table.put('SENDER', thing, { session: world.session }, undefined);
    }
    // As many runs of the function side by side.
    await Promise.all(
      things.map((thing) => {
        const labels = { alertname: 'DeviceSilent', thing, ...BOARD };
        const alert = { fingerprint: thing, labels, status: 'firing', firedAtMs: 1, groups: [], holdUntilMs: 60_000 };
        return ask({ kind: 'offers', offers: [alert] });
      }),
    );
    expect(commands).toHaveLength(5);
    const records = await listHealing(world.table);
    expect(records.filter(({ status }) => status === 'under-way')).toHaveLength(5);
    expect(records.filter(({ reason }) => reason === 'blast-radius')).toHaveLength(295);
    expect(audited).toHaveLength(300);
  });
});

describe('parked messages', () => {
  test('are handed over again when a person has approved it, and looked after a minute later', async () => {
    await world.set('lab-1', 'RecordsParked', 'firing');
    await world.at(1);
    expect(redriven).toEqual([]);
    expect(world.received).toEqual(['0s slack CRITICAL: RecordsParked on lab-1']);
    await ask({ kind: 'approve', key: 'lab-1#redrive-parked', by: 'Robin' });
    expect(redriven).toEqual(['lab-1']);
    await ask({ kind: 'tick' });
    expect(await listHealing(world.table)).toMatchObject([{ status: 'under-way' }]);
    await world.at(62);
    await ask({ kind: 'tick' });
    expect(await listHealing(world.table)).toMatchObject([{ status: 'verified' }]);
  });

  test('that are parked again freeze the action after the second time', async () => {
    parkedAgain = 2;
    await world.set('lab-1', 'RecordsParked', 'firing');
    await ask({ kind: 'approve', key: 'lab-1#redrive-parked', by: 'Robin' });
    for (const second of [62, 130]) {
      await world.at(second);
      await ask({ kind: 'tick' });
    }
    expect(await listHealing(world.table)).toMatchObject([{ status: 'frozen', failures: [{}, {}] }]);
    await ask({ kind: 'thaw', key: 'lab-1#redrive-parked', by: 'Robin' });
    expect(await listHealing(world.table)).toMatchObject([{ status: 'ended', reason: 'thawed', failures: [] }]);
  });
});

describe('a message', () => {
  const offers = { offers: [] };
  const answered = { id: 'c1', action: 'reconnect-board', status: 'done', atMs: 1 };

  test('without a topic is the tick of the schedule', () => {
    expect(readRequest({ version: '0' })).toEqual({ kind: 'tick' });
  });

  test('is what its topic says: an agent answers for itself, and can neither offer nor decide', () => {
    expect(readRequest({ ...answered, origin: 'bci', thing: 'lab-1' })).toMatchObject({
      kind: 'answer',
      thing: 'lab-1',
    });
    expect(readRequest({ ...offers, origin: 'bci', thing: 'lab-1' })).toContain('the answer of lab-1: id is missing');
    const decision = { decision: 'thaw', key: KEY, by: 'Robin' };
    expect(readRequest({ ...decision, origin: 'bci', thing: 'lab-1' })).toContain('id is missing');
    expect(readRequest({ ...decision, origin: 'operators', thing: 'robin' })).toMatchObject({ kind: 'thaw' });
    expect(readRequest({ ...offers, origin: 'alerting', thing: 'lab-1' })).toEqual({ kind: 'offers', offers: [] });
    expect(readRequest({ ...offers, origin: 'elsewhere', thing: 'lab-1' })).toContain('nobody speaks on');
  });

  test('that cannot be read says why', () => {
    for (const [wrong, why] of [
      [{ ...answered, status: 'great' }, 'status is "great"; it must be one of accepted, refused, done, failed'],
      [{ ...answered, action: 'format-disk' }, 'action is "format-disk"; it must be one of reconnect-board'],
      [{ ...answered, atMs: 'now' }, 'atMs is "now"; it must be epoch milliseconds'],
    ] as const) {
      expect(readRequest({ ...wrong, origin: 'bci', thing: 'lab-1' })).toContain(why);
    }
  });
});

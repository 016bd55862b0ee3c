import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { PointGroup } from '../../../core/metrics/model.ts';
import { parseRuleFile } from '../../../core/rules/index.ts';
import { RuleLoop } from '../../../edge-agent/rules/rule-loop.ts';
import { type RulesState, RulesStateFile } from '../../../edge-agent/rules/state-file.ts';

const START = 1_000_000_000;
const RULES = `
groups:
  - name: instant
    rules:
      - alert: Off
        expr: neural_channel_contact == 0
  - name: ranged
    interval: 5s
    rules:
      - alert: Failing
        expr: increase(neural_device_connection_failures_total[1m]) > 3
      - record: thing:contact:sum
        expr: sum by (thing) (neural_channel_contact)
`;

const loopOf = (state: RulesState = {}, startMs = START) =>
  new RuleLoop({ groups: parseRuleFile(RULES, 'rules.yaml'), thing: 'lab-1', intervalMs: 1_000, state, startMs });

function collection(timeMs: number, contact: number, failures: number): PointGroup[] {
  return [
    {
      resource: { job: 'neural', instance: 'lab-1' },
      points: [
        { kind: 'gauge', name: 'neural_channel_contact', labels: { channel: 'C3' }, timeMs, value: contact },
        {
          kind: 'counter',
          name: 'neural_device_connection_failures_total',
          labels: {},
          startMs: START,
          timeMs,
          value: failures,
        },
      ],
    },
  ];
}

/** Feeds and evaluates every second; returns what changed, as `second name from -> to`. */
function play(
  loop: RuleLoop,
  fromMs: number,
  seconds: number,
  at: (second: number) => [contact: number, failures: number],
) {
  const changes: string[] = [];
  for (let second = 0; second < seconds; second += 1) {
    const now = fromMs + second * 1_000;
    loop.observe(collection(now, ...at(second)));
    for (const { alert, from, to } of loop.evaluate(now).changes) {
      changes.push(`${second} ${alert.labels.alertname} ${from} -> ${to}`);
    }
  }
  return changes;
}

describe('the rule loop of an agent', () => {
  test('evaluates each group at its own interval', () => {
    const changes = play(loopOf(), START, 20, (second) => [second === 3 ? 0 : 1, second >= 6 ? 9 : 0]);
    expect(changes).toEqual(['3 Off inactive -> firing', '4 Off firing -> resolved', '10 Failing inactive -> firing']);
  });

  test('gives the series that rules record to the store, with the thing they are about', () => {
    const loop = loopOf();
    play(loop, START, 6, () => [1, 0]);
    expect(loop.takeRecordedPoints().points).toEqual([
      { kind: 'gauge', name: 'thing:contact:sum', labels: { thing: 'lab-1' }, timeMs: START + 5_000, value: 1 },
    ]);
  });

  test('gives a recorded point once, however late the next evaluation is', () => {
    const loop = loopOf();
    play(loop, START, 6, () => [0, 0]);
    expect(loop.takeRecordedPoints().points.map(({ name }) => name)).toEqual(['ALERTS', 'thing:contact:sum']);
    expect(loop.takeRecordedPoints().points).toEqual([]);
    play(loop, START + 6_000, 1, () => [0, 0]);
    expect(loop.takeRecordedPoints().points.map(({ name, timeMs }) => [name, timeMs])).toEqual([
      ['ALERTS', START + 6_000],
    ]);
  });

  test('tells an alert that is over with a last 0: no store of ours has a marker of the end', () => {
    const loop = loopOf();
    play(loop, START, 7, () => [0, 0]);
    loop.takeRecordedPoints();
    const told: (readonly [string | undefined, number])[] = [];
    for (let second = 7; second < 30; second += 1) {
      play(loop, START + second * 1000, 1, () => [1, 1]);
      for (const point of loop.takeRecordedPoints().points) {
        if (point.name === 'ALERTS' && point.kind === 'gauge') told.push([point.labels.alertstate, point.value]);
      }
    }
    expect(told.at(-1)?.[1]).toBe(0);
    expect(told.filter(([, value]) => value === 0).length).toBe(new Set(told.map(([state]) => state)).size);
  });

  test('after a restart resolves nothing before it has seen as much of the past as the rule looks at', () => {
    const before = loopOf();
    play(before, START, 20, (second) => [0, second >= 6 ? 9 : 0]);
    expect(before.alerts().map(({ state }) => state)).toEqual(['firing', 'firing']);

    const restart = START + 30_000;
    const after = loopOf(before.state(), restart);
    expect(after.alerts()).toEqual(before.alerts());
    const changes = play(after, restart, 70, () => [1, 9]);
    expect(changes).toEqual(['10 Off firing -> resolved', '60 Failing firing -> resolved']);
  });

  test('looks at what arrives between the seconds, but not in groups that name an interval', () => {
    const loop = loopOf();
    play(loop, START, 7, () => [1, 0]);
    const arrived = collection(START + 6_300, 0, 9);
    loop.observe(arrived);
    const { changes } = loop.evaluateArrival(arrived, START + 6_300);
    expect(changes.map(({ alert, to }) => `${alert.labels.alertname} ${to}`)).toEqual(['Off firing']);
    expect(loop.alerts()).toEqual([expect.objectContaining({ state: 'firing', firedAtMs: START + 6_300 })]);
  });

  test('does not evaluate for points that no rule looks at', () => {
    const loop = loopOf();
    loop.observe(collection(START, 0, 0));
    const other: PointGroup = {
      resource: { job: 'neural' },
      points: [{ kind: 'gauge', name: 'neural_device_connected', labels: {}, timeMs: START, value: 0 }],
    };
    expect(loop.evaluateArrival([other], START).changes).toEqual([]);
  });

  test('an arrival after a restart resolves nothing earlier than a second would', () => {
    const before = loopOf();
    play(before, START, 3, () => [0, 0]);
    const restart = START + 30_000;
    const after = loopOf(before.state(), restart);
    const arrived = collection(restart + 9_000, 1, 0);
    after.observe(arrived);
    expect(after.evaluateArrival(arrived, restart + 9_000).changes).toEqual([]);
    after.observe(collection(restart + 10_000, 1, 0));
    expect(after.evaluateArrival(arrived, restart + 10_000).changes.map(({ to }) => to)).toEqual(['resolved']);
  });

  test('without active alerts begins at once', () => {
    const changes = play(loopOf(loopOf().state()), START, 2, () => [0, 0]);
    expect(changes).toEqual(['0 Off inactive -> firing']);
  });
});

describe('the state of the rules on disk', () => {
  test('comes back as it was saved; what cannot be read is as if there were none', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nsmon-state-'));
    const path = join(directory, 'new', 'rules.json');
    const loop = loopOf();
    play(loop, START, 3, () => [0, 0]);
    await new RulesStateFile(path).save(loop.state());
    expect(await new RulesStateFile(path).load()).toEqual(JSON.parse(JSON.stringify(loop.state())));
    expect(loopOf(await new RulesStateFile(path).load()).alerts()).toEqual(loop.alerts());
    for (const text of ['', '{', 'null', '{"version":99}']) {
      writeFileSync(path, text);
      expect(await new RulesStateFile(path).load()).toEqual({});
    }
    rmSync(directory, { recursive: true });
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Labels } from '../../../core/metrics/model.ts';
import { whyNoHandle } from '../../../core/outliers/handle.ts';
import { OUTLIER_SOURCE } from '../../../core/outliers/score.ts';
import { MemorySeriesSource } from '../../../core/promql/index.ts';
import { cloudSeries } from '../../../core/rules/cloud-series.ts';
import { evaluateGroup, parseRuleFile } from '../../../core/rules/index.ts';
import { cloudGroups } from '../../../lambdas/evaluate-rules/cloud-rules.ts';
import { addPoints, compare, type DeviceQuality } from '../../../lambdas/evaluate-rules/outliers.ts';
import type { WindowPoint } from '../../../lambdas/shared/rule-window.ts';
import { CloudTimeline } from '../../support/cloud-timeline.ts';

const START = Date.UTC(2026, 10, 23);
const RULES = new Map(
  ['alerts/fleet.yaml', 'recording/fleet.yaml'].map((name) => [name, readFileSync(`rules/${name}`, 'utf8')]),
);
const DEVICES = 6;

interface Faults {
  /** Quality that is missing, by device and by subject. */
  readonly device?: Readonly<Record<number, number>>;
  readonly subject?: Readonly<Record<number, number>>;
}

/** Every hour each headset goes to the next of six subjects; every ten minutes it records its channels. */
function sessions({ device = {}, subject = {} }: Faults) {
  return (line: CloudTimeline): void => {
    if (Math.round(line.hours * 60) % 10 !== 0) return;
    for (let d = 0; d < DEVICES; d += 1) {
      const s = (d + Math.floor(line.hours)) % DEVICES;
      for (const channel of ['Cz', 'Pz']) {
        const fault = (channel === 'Cz' ? (device[d] ?? 0) : 0) + (subject[s] ?? 0);
        const labels = {
          thing: `lab-${d}`,
          tenant: 't',
          site: 'north',
          device_id: `headset-${d}`,
          device_type: 'cap',
          subject: `P-${s}`,
          channel,
        };
        line.gauge(OUTLIER_SOURCE, labels, 0.9 - fault + 0.01 * ((d * 7 + s * 3) % 4));
      }
    }
  };
}

describe('FleetOutlier', () => {
  const play = async (faults: Faults): Promise<CloudTimeline> =>
    new CloudTimeline(cloudGroups(RULES), START).pass(12 * 60, sessions(faults), 10);

  test('names the headset with the bad cable, and the channel', async () => {
    const line = await play({ device: { 2: 0.35 } });
    expect(line.problems).toEqual([]);
    expect(line.firing).toEqual(['FleetOutlier north']);
    expect(line.alerts.map(({ labels }) => labels)).toMatchObject([
      { alertname: 'FleetOutlier', device_id: 'headset-2', thing: 'lab-2', channel: 'Cz', cause: 'device' },
    ]);
    expect(line.alerts[0]?.annotations.summary).toBe('Cz of headset-2 is worse than on its peers, whoever wears it');
  });

  test('says nothing of a subject who is hard on every headset, nor of a good fleet', async () => {
    expect((await play({ subject: { 4: 0.35 } })).firing).toEqual([]);
    expect((await play({})).firing).toEqual([]);
  });
});

describe('what is known of a device', () => {
  const labels: Labels = {
    tenant: 't',
    device_id: 'h',
    device_type: 'cap',
    thing: 'lab',
    subject: 'P-1',
    channel: 'Cz',
  };
  const point = (timeMs: number, value: number, more: Labels = {}): WindowPoint => ({
    kind: 'gauge',
    name: OUTLIER_SOURCE,
    labels: { ...labels, ...more },
    timeMs,
    value,
  });
  const HOUR = 3_600_000;

  test('counts a point once, however often it is folded in', () => {
    const points = [point(START + 1, 0.8), point(START + 2, 0.6)];
    const once = addPoints(undefined, points, START + HOUR);
    expect(once.days).toMatchObject([{ subject: 'P-1', channel: 'Cz', count: 2, sum: 1.4 }]);
    expect(addPoints(once, points, START + HOUR)).toEqual(once);
    expect(addPoints(once, [...points, point(START + 3, 0.7)], START + HOUR).days).toMatchObject([{ count: 3 }]);
  });

  test('is forgotten after 30 days', () => {
    const old = addPoints(undefined, [point(START, 0.5)], START);
    expect(addPoints(old, [], START + 29 * 24 * HOUR).days).toHaveLength(1);
    expect(addPoints(old, [], START + 31 * 24 * HOUR).days).toEqual([]);
  });

  test('is compared among devices of its tenant and type only', () => {
    const devices = (tenant: string): DeviceQuality[] =>
      [0, 1, 2, 3].map((d) =>
        addPoints(
          undefined,
          [0, 1, 2].flatMap((s) =>
            [1, 2].map((i) =>
              point(START + i, tenant === 'a' ? 0.9 : 0.3, { tenant, device_id: `h${d}`, subject: `P-${s}` }),
            ),
          ),
          START + HOUR,
        ),
      );
    const scores = compare([...devices('a'), ...devices('b')]);
    expect(scores.filter(({ labels: { cause } }) => cause === 'device')).toHaveLength(8);
    expect(scores.every(({ score }) => score === 0)).toBe(true);
  });
});

test('ingest keeps what the scores are made of because a rule looks at the scores, and only then', () => {
  const groups = parseRuleFile(RULES.get('alerts/fleet.yaml') ?? '', 'f');
  expect(cloudSeries(groups).map(({ metric }) => metric)).toEqual([OUTLIER_SOURCE]);
});

test('agents record a channel’s mean with the subject’s handle, if half of five minutes was measured', () => {
  const [group] = parseRuleFile(RULES.get('recording/fleet.yaml') ?? '', 'f');
  const memory = new MemorySeriesSource();
  const device = { job: 'neural', instance: 'lab', thing: 'lab', device_id: 'h', device_type: 'cap' };
  const record = (seconds: number, fromSecond: number) => {
    for (let second = fromSecond; second < fromSecond + seconds; second += 1) {
      memory.append('neural_channel_quality_score', { ...device, channel: 'Cz' }, second * 1000, 0.75);
      memory.append('neural_session_subject_info', { ...device, session_id: 's', subject: 'P-1' }, second * 1000, 1);
    }
    return (
      group && evaluateGroup(group, memory, (fromSecond + seconds - 1) * 1000, {}, { lookbackMs: 15_000 }).recorded
    );
  };
  expect(record(140, 1)).toEqual([]);
  expect(record(100, 141)).toMatchObject([
    { name: OUTLIER_SOURCE, labels: { ...device, channel: 'Cz', subject: 'P-1' }, value: 0.75 },
  ]);
});

describe('a handle of a subject', () => {
  test.each(['P-014', 'sub-07', 's3f9c', 'subject_12', '0042', 'participant9'])('%s is one', (handle) => {
    expect(whyNoHandle(handle)).toBeUndefined();
  });
  test.each(['Anna', 'Anna Schmidt', 'anna1985', 'A.S.', 'AS', 'a@example.org', 'subject_anna1', ''])(
    '%s is none',
    (text) => {
      expect(whyNoHandle(text)).toEqual(expect.any(String));
    },
  );
});

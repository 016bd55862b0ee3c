import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { measureRecording } from '../../../bin/replay/recording.ts';
import { readRuleSet } from '../../../bin/replay/rule-set.ts';
import { runReplay } from '../../../bin/replay/run.ts';
import { extentOf, readSeries } from '../../../core/replay/read-series.ts';
import { edfFile } from '../../support/edf-file.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'nsmon-replay-'));
afterAll(() => rmSync(directory, { recursive: true }));

const SECONDS = 40;
const RATE = 256;
const RULES = { intervalMs: 1_000, acknowledgeAfterMs: undefined, silences: [], incidents: undefined };

/** Two electrodes with something like brain waves; the second is off, flat, from the tenth second on. */
function recording(): string {
  const wave = (i: number): number => Math.round(300 * Math.sin(i / 4) + 150 * Math.sin(i / 9.7));
  const values = Array.from({ length: SECONDS * RATE }, (_, i) => wave(i));
  const off = values.map((value, i) => (i < 10 * RATE ? value : 0));
  const signal = { physical: [-200, 200], digital: [-2048, 2047] } as const;
  const signals = [
    { label: 'Cz', values, ...signal },
    { label: 'Pz', values: off, ...signal },
  ];
  const file = path.join(directory, 'session.edf');
  writeFileSync(file, edfFile({ records: SECONDS, signals }));
  return file;
}

describe('a replay from the command line', () => {
  test('measures a recording as the agent would, and raises what the agent would', async () => {
    const rules = readRuleSet('rules');
    const { signal } = new AbortController();
    const reports: string[] = [];
    for (let time = 0; time < 2; time += 1) {
      const store = await measureRecording(recording(), signal, () => undefined);
      const times = extentOf(store);
      if (!times) throw new Error('nothing was measured');
      const report = await runReplay(rules, store, { ...RULES, ...times }, signal, () => undefined);
      expect(report.rules.filter(({ fired }) => fired > 0).map(({ name }) => name)).toContain('ElectrodeDetached');
      reports.push(JSON.stringify(report));
    }
    expect(reports[0]).toBe(reports[1]);
  });

  test('can be interrupted', async () => {
    const controller = new AbortController();
    const store = readSeries(
      `{ start: "0", input_series: [{ series: 'neural_device_connected{device_id="h"}', values: '1x20000' }] }`,
      's.yaml',
    );
    const times = { fromMs: 0, toMs: 20_000 * 60_000 };
    const work = runReplay(readRuleSet('rules'), store, { ...RULES, ...times }, controller.signal, () =>
      controller.abort(new Error('enough')),
    );
    await expect(work).rejects.toThrow('enough');
  });

  test('a directory without rules is told so', () => {
    expect(() => readRuleSet(directory)).toThrow(/has no rule files/);
    expect(() => readRuleSet(path.join(directory, 'nowhere'))).toThrow(/there is no directory/);
  });
});

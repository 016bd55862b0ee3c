import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parsePromql } from '../../../core/promql/index.ts';
import { parseRuleFile } from '../../../core/rules/index.ts';
import { exclusionExpression } from '../../../core/slo/exclusions.ts';
import { sloFiles } from '../../../core/slo/files.ts';
import { parseSlos } from '../../../core/slo/parse.ts';
import { BURN_WINDOWS, burnRate } from '../../../core/slo/windows.ts';

const shipped = parseSlos(readFileSync('rules/slos.yaml', 'utf8'), 'rules/slos.yaml');

describe('objectives', () => {
  test.each([...sloFiles(shipped)])(
    'rules/%s is what rules/slos.yaml says now (npx nsmon slo render)',
    (name, text) => {
      expect(readFileSync(`rules/${name}`, 'utf8')).toBe(text);
      expect(parseRuleFile(text, name).length).toBeGreaterThan(0);
    },
  );

  test('burn by the SRE workbook’s rates over 30 days', () => {
    expect(BURN_WINDOWS.map((window) => burnRate(window, 30 * 86_400_000))).toEqual([14.4, 6, 3, 1]);
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  (promtool ? test : test.skip)(
    `become rules that promtool accepts${promtool ? '' : ' (skipped: no promtool)'}`,
    () => {
      const text = `
slos:
  - name: everything
    description: All that can be said.
    objective: 0.999
    period: 28d
    by: []
    good: http_request_duration_seconds_count{status!~"5.."}
    total: http_request_duration_seconds_count
    leastData: 25%
    exclude:
      - { reason: works, from: 2026-12-01T08:00:00Z, to: 2026-12-01T18:00:00+01:00 }
      - { reason: calibration, days: [sat, Sun], from: "22:00", to: "24:00" }
`;
      const directory = mkdtempSync(path.join(tmpdir(), 'slo-'));
      try {
        const files = [...sloFiles(parseSlos(text))].map(([name, rules]) => {
          const file = path.join(directory, name.replace('/', '-'));
          writeFileSync(file, rules);
          return file;
        });
        const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', ...files], { encoding: 'utf8' });
        expect({ status, output: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({ status: 0, output: '' });
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  );

  test('that are wrong are told all at once, with place and what to do', () => {
    const text = `slos:
  - name: Usable Sessions
    objective: 100%
    by: [device_id]
    good: rate(x[5m])
    total: x
    period: 1d
    exclude:
      - { from: 2026-12-01, to: 2026-12-02 }
      - { reason: r, days: [someday], from: "8:00", to: "07:00" }
`;
    let message = '';
    try {
      parseSlos(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split('\n').map((line) => line.replace(/^slos\.yaml:/, ''))).toEqual([
      '2:5: a slo needs description',
      '2:11: name is "Usable Sessions"; it must be lower-case letters, digits and dashes',
      '3:16: objective is "100%"; write a share such as 99% or 0.99, above 0 and below 1',
      expect.stringMatching(/^4:9: by names device_id: windows of days are kept in the cloud/),
      '5:11: good is "rate(x[5m])"; it must be a selector of counters: name{label="value"}',
      '7:13: period must be from 7d to 90d: burn rates look back three days at most',
      '9:9: an exclusion needs a reason: who reads the report must know',
      '9:9: from and to must be times such as 2026-12-01T08:00:00Z, from before to; or name days as well',
      '10:9: with days, from and to must be times of the day in UTC such as "06:00", from before to',
      '10:28: days must be a list of sun, mon, tue, wed, thu, fri, sat',
    ]);
  });

  test('exclude no more than they say, beside the slot that is cut', () => {
    expect(exclusionExpression([])).toBeUndefined();
    const saturday = { kind: 'weekly', reason: 'r', days: [6], fromMinute: 1380, toMinute: 1440 } as const;
    const text = exclusionExpression([saturday]) ?? '';
    expect(text).toContain('> 10020 < 10080');
    expect(text).toContain('> 0 < 5');
    expect(() => parsePromql(text)).not.toThrow();
  });
});

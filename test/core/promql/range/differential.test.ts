import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Expr, walk } from '../../../../core/promql/ast.ts';
import { keyOfAll } from '../../../../core/promql/labels.ts';
import { parsePromql } from '../../../../core/promql/parser.ts';
import type { Steps } from '../../../../core/promql/range/columns.ts';
import type { Series } from '../../../../core/promql/series.ts';
import { parseRuleFile } from '../../../../core/rules/index.ts';
import { randomSeries, START_MS, STEP_MS } from '../../../support/random-series.ts';
import { expectSameAsEngine } from '../../../support/same-as-engine.ts';
import { describeWithShared, shared } from '../../../support/shared-folder.ts';

const POINTS = 24;

/** Every step from before the series begin until they are no longer found. @returns how many fell back to the engine */
function compare(text: string, series: readonly Series[], stepMs: number, chunk: number, shiftMs: number): number {
  const chunks: Steps[] = [];
  const endMs = START_MS + (POINTS + 8) * STEP_MS;
  for (let firstMs = START_MS - STEP_MS + shiftMs; firstMs <= endMs; firstMs += chunk * stepMs) {
    chunks.push({ firstMs, stepMs, count: chunk });
  }
  return expectSameAsEngine(parsePromql(text), text, series, chunks);
}

const TEXTS = [
  'g',
  'g > 2',
  '2 < g',
  'g > bool 2',
  'g * 2 - 1',
  '-g',
  'g + h',
  'g > h',
  'g > bool on (instance) h',
  'g / on (job) group_left (extra) one',
  'one * on (job) group_right () g',
  'g and h > 3',
  'g unless on (job) h > 3',
  'g > 3 or h',
  'g offset 2m',
  'sum(g)',
  'avg by (job) (g)',
  'sum(sum by (job) (g))',
  'stddev without (instance) (g)',
  'quantile(0.7, g)',
  'max(g) - min(h)',
  'count(g > 2) / count(g) > 0.25',
  'group by (job) (c_total)',
  'rate(c_total[5m])',
  'increase(c_total[5m] offset 1m) > 3',
  'delta(g[4m])',
  'irate(c_total[3m]) + idelta(g[3m])',
  'sum by (job) (rate(c_total[5m]))',
  'avg_over_time(g[5m]) > 1',
  'sum_over_time(g[5m])',
  'max_over_time(g[5m]) - min_over_time(h[5m])',
  'stddev_over_time(g[5m])',
  'quantile_over_time(0.9, g[6m])',
  'count_over_time(g[3m]) < 3',
  'last_over_time(g[3m])',
  'changes(g[5m]) + resets(g[5m])',
  'deriv(g[5m])',
  'predict_linear(g[5m], 3600) < 0',
  'max_over_time(rate(c_total[2m])[6m:1m])',
  'sum(avg_over_time((g > 0)[4m:]))',
  'histogram_quantile(0.9, d_bucket)',
  'histogram_quantile(0.5, rate(d_bucket[5m])) > 1',
  'histogram_quantile(0.95, sum by (le) (rate(d_bucket[5m])))',
  'absent(g)',
  'absent(g{job="z"})',
  'absent_over_time(g{instance="i0"}[3m])',
  'present_over_time(g[2m])',
  'time() - timestamp(g)',
  'scalar(one) + g',
  'vector(1)',
  'time() % 3600 > bool 5',
  'hour() >= 0 and on () vector(1)',
  'label_replace(g, "job", "$1-new", "instance", "i(.*)")',
  'label_replace(g, "instance", "same", "job", ".*")',
  'label_join(g, "both", "-", "job", "instance")',
  'round(g / 3, 0.5)',
  'clamp(g, 0, 2) + clamp_min(h, 1) + clamp_max(h, 4)',
  'abs(floor(g))',
  '{__name__=~"g|h", job="x"}',
  'sum by (__name__) ({__name__=~"g|h"})',
  'topk(2, g)',
  'count_values("v", g)',
  'g @ 1700000400',
  'sort_desc(g)',
  'g == g',
  'avg(g) ^ 2 % 3 atan2 2',
];

/** Whose steps never depend on the series in a way that columns do not cover. */
const NEVER_FALLS_BACK = /^(?!topk|count_values|label|.*@|sum|\{|.*offset 2m.*@)/;

describe('a range query gives at every step what the engine gives at that time', () => {
  test.each(TEXTS)('%s', (text) => {
    fc.assert(
      fc.property(
        randomSeries(POINTS),
        fc.constantFrom(1, 5, 16),
        fc.constantFrom(STEP_MS, 15_000, 150_000),
        fc.constantFrom(0, 1_500),
        (series, chunk, stepMs, shiftMs) => {
          const fallbackSteps = compare(text, series, stepMs, chunk, shiftMs);
          if (NEVER_FALLS_BACK.test(text)) expect(fallbackSteps).toBe(0);
        },
      ),
      { numRuns: 12 },
    );
  });

  test.each(['topk(2, g)', 'count_values("v", g)', 'g @ 1700000400'])('%s is left to the engine', (text) => {
    fc.assert(
      fc.property(randomSeries(POINTS), (series) => {
        expect(compare(text, series, STEP_MS, 16, 0)).toBeGreaterThan(0);
      }),
      { numRuns: 2 },
    );
  });
});

/** The expressions of rules, evaluated on series made to fit their selectors. */
function compareRules(files: readonly string[]): { readonly fellBack: string[]; readonly rules: number } {
  const fellBack: string[] = [];
  let rules = 0;
  for (const file of files) {
    for (const rule of parseRuleFile(readFileSync(file, 'utf8'), file).flatMap((group) => group.rules)) {
      rules += 1;
      const series = seriesFor(rule.query, rules);
      if (compare(rule.expr, series, STEP_MS, 16, 0) > 0) fellBack.push(rule.name);
    }
  }
  return { fellBack, rules };
}

/** Two series for each selector, whose labels its matchers allow; with gaps, falls and an end. */
function seriesFor(expr: Expr, seed: number): Series[] {
  const made = new Map<string, Series>();
  let state = seed;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  for (const node of walk(expr)) {
    if (node.kind !== 'selector') continue;
    for (const instance of ['a', 'b']) {
      const labels: Record<string, string> = { instance, job: 'j', device: 'd', thing: 't', device_id: instance };
      for (const { name, op, value } of node.matchers) {
        if (op === '=') labels[name] = value;
        else if (op === '=~') labels[name] = value.replace(/[|].*/, '').replaceAll(/[.][*+]|[()^$\\]/g, '');
      }
      const isBucket = labels.__name__?.endsWith('_bucket') ?? false;
      const bounds = isBucket ? ['0.1', '1', '+Inf'] : [''];
      bounds.forEach((le, rank) => {
        let total = 0;
        const samples = Array.from({ length: POINTS }, (_, i) => {
          total = random() < 0.05 ? 0 : total + Math.floor(random() * 5) * (rank + 1);
          const stale = random() < 0.03;
          return { timeMs: START_MS + i * STEP_MS, value: random() < 0.1 ? 0 : total, histogram: undefined, stale };
        }).filter(() => random() < 0.93);
        const full = le === '' ? labels : { ...labels, le };
        made.set(keyOfAll(full), { labels: full, samples });
      });
    }
  }
  return [...made.values()];
}

const filesIn = (directory: string): string[] =>
  readdirSync(directory)
    .sort()
    .map((name) => path.join(directory, name));

describe('rules of the field', () => {
  test('the shipped rules all run over columns', () => {
    const { rules, fellBack } = compareRules(filesIn('rules/alerts'));
    expect(rules).toBeGreaterThan(10);
    expect(fellBack).toEqual([]);
  });
});

describeWithShared(['conformance/rules-wild'], 'rules from elsewhere', () => {
  test('almost all run over columns, the others fall back', () => {
    const { rules, fellBack } = compareRules(filesIn(shared('conformance/rules-wild')));
    expect(rules).toBeGreaterThan(100);
    expect(fellBack.length / rules).toBeLessThan(0.1);
  });
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluateInstant, MemorySeriesSource, parsePromql } from '../../../../core/promql/index.ts';
import { boundsOf, isComparison, verdict } from '../../../../core/rules/lint/bounds.ts';

/** Ten minutes of two ratios and a counter of two devices. */
const ratios = fc.array(
  fc.integer({ min: 0, max: 100 }).map((i) => i / 100),
  { minLength: 20, maxLength: 20 },
);
const AT = 600_000;

function source(values: readonly number[]): MemorySeriesSource {
  const memory = new MemorySeriesSource();
  values.forEach((value, i) => {
    const labels = { device_id: i % 2 === 0 ? 'a' : 'b' };
    const timeMs = 60_000 * (1 + Math.floor(i / 2));
    memory.append('neural_data_quality_score', labels, timeMs, value);
    memory.append('neural_device_samples_total', labels, timeMs, i * 10);
  });
  return memory;
}

const { vector } = fc.letrec<{ vector: string; scalar: string }>((tie) => ({
  scalar: fc.oneof(
    fc.integer({ min: -3, max: 3 }).map(String),
    fc.constant('time()'),
    tie('vector').map((v) => `scalar(${v})`),
  ),
  vector: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'neural_data_quality_score',
      'neural_device_samples_total',
      'increase(neural_device_samples_total[5m])',
      'avg_over_time(neural_data_quality_score[5m])',
      'stddev_over_time(neural_data_quality_score[5m])',
      'count_over_time(neural_data_quality_score[5m])',
      'absent(nothing)',
      'hour()',
    ),
    fc
      .tuple(fc.constantFrom('sum', 'avg', 'min', 'max', 'count', 'stddev', 'group'), tie('vector'))
      .map(([op, v]) => `${op}(${v})`),
    fc
      .tuple(
        tie('vector'),
        fc.constantFrom('+', '-', '*', '/', '>', '<', '>=', '<=', '==', '!=', '> bool'),
        tie('scalar'),
      )
      .map(([v, op, s]) => `(${v} ${op} ${s})`),
    fc
      .tuple(tie('scalar'), fc.constantFrom('-', '*', '/', '>', '<='), tie('vector'))
      .map(([s, op, v]) => `(${s} ${op} ${v})`),
    fc
      .tuple(tie('vector'), fc.constantFrom('+', '*', '/', '>', 'and', 'or', 'unless'), tie('vector'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(fc.constantFrom('abs', 'sort', '-'), tie('vector'))
      .map(([f, v]) => (f === '-' ? `(-${v})` : `${f}(${v})`)),
    tie('vector').map((v) => `clamp(${v}, 0, 2)`),
  ),
}));

test('no value of any expression lies outside the bounds that the linter believes, and what it calls impossible is empty', () => {
  fc.assert(
    fc.property(vector, ratios, (text, values) => {
      let result: ReturnType<typeof evaluateInstant>;
      const expr = parsePromql(text);
      try {
        result = evaluateInstant(text, AT, source(values));
      } catch {
        // Matching of many to many: no value, nothing to compare.
        return;
      }
      const vectorOf = result.type === 'vector' ? result.vector : [];
      const { low, high } = boundsOf(expr);
      for (const { value } of vectorOf) {
        if (Number.isNaN(value)) continue;
        // Sums and quotients are rounded.
        const slack = 1e-9 * Math.max(1, Math.abs(value));
        expect({ text, value, isWithin: value >= low - slack && value <= high + slack }).toEqual({
          text,
          value,
          isWithin: true,
        });
      }
      let inner = expr;
      while (inner.kind === 'paren') inner = inner.expr;
      if (isComparison(inner) && !inner.returnBool && verdict(inner) === 'never') {
        expect({ text, found: vectorOf.filter(({ value }) => !Number.isNaN(value)) }).toEqual({ text, found: [] });
      }
    }),
    { numRuns: 1000 },
  );
});

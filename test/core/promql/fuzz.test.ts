import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PromqlEvaluationError, PromqlSyntaxError } from '../../../core/promql/errors.ts';
import { evaluate, MemorySeriesSource, parsePromql } from '../../../core/promql/index.ts';
import { mutated, onlyThrows, repeated } from '../../support/mutated.ts';

const VALID = [
  'sum by (thing) (rate(http_requests_total{code=~"5..", path!~"/health|/ready"}[5m] offset 1w)) / on (thing) group_left up',
  'histogram_quantile(0.95, sum by (le) (rate(latency_seconds_bucket[5m:30s] @ end())))',
  "label_replace(up, 'host', '$1', 'instance', '([^:]+):.*') or absent(up{job=`node`}) # a remark",
  '-2 ^ 3 % 4 + min_of(1, 2.) * 0x1F - 1_000.5e-3 > bool 1h30m',
  'topk(3, {__name__=~"a.*|b"}) unless ignoring (x, y) count_values("v", z) == 1',
  'predict_linear(disk[6h], 4 * 3600) < 0 and time() - last > NaN',
];
const source = new MemorySeriesSource();
for (const [i, name] of ['up', 'http_requests_total', 'latency_seconds_bucket', 'disk', 'a1', 'z'].entries()) {
  for (let time = 0; time <= 600_000; time += 60_000) {
    source.append(name, { thing: 'lab-1', instance: `h${i}:80`, le: '+Inf', constructor: 'x' }, time, time / 7_000 + i);
  }
}

/** Parses and evaluates; the error, if any, has a place within the text. */
function run(text: string): void {
  const error = onlyThrows([PromqlSyntaxError, PromqlEvaluationError], () =>
    evaluate(parsePromql(text), { at: 600_000, source }),
  );
  if (!(error instanceof PromqlSyntaxError)) return;
  const lines = text.split('\n');
  expect(error.line).toBeGreaterThanOrEqual(1);
  expect(error.line).toBeLessThanOrEqual(lines.length);
  expect(error.column).toBeGreaterThanOrEqual(1);
  expect(error.column).toBeLessThanOrEqual((lines[error.line - 1]?.length ?? 0) + 1);
}

describe('whatever is given to the PromQL parser, it answers with a tree or with an error and its place', () => {
  test.each(VALID)('the texts that are mutated are right: %s', (text) => {
    expect(() => parsePromql(text)).not.toThrow();
  });

  test('texts of any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), run), { numRuns: 600, seed: 1 });
  });

  test('texts of the language’s own words', () => {
    const word = fc.constantFrom(
      ...'sum by without on ignoring group_left offset @ [ ] ( ) { } 5m 1 2. up a:b "s" = =~ != , + - * / ^ % == bool and or'.split(
        ' ',
      ),
      ...'rate absent label_replace min_of topk start() end() step() Inf NaN anchored smoothed \\ : ` # \n'.split(' '),
    );
    const words = fc.array(word, { maxLength: 25 }).map((list) => list.join(' '));
    fc.assert(fc.property(words, run), { numRuns: 600, seed: 2 });
  });

  test('right texts with mistakes', () => {
    fc.assert(fc.property(mutated(VALID), run), { numRuns: 1_000, seed: 3 });
  });

  test.each(
    repeated([
      ['(', '1', ')'],
      ['-', '1', ''],
      ['abs(', 'up', ')'],
      ['sum(', 'up', ')'],
      ['1 + ', '1', ''],
      ['up or ', 'up', ''],
      ['2 ^ ', '2', ''],
      ['2. + ', '2.', ''],
      ['min_of(1, 2) + ', '1', ''],
      ['x{a="', '', '"}'],
      ['{', 'a="b"', '}'],
      ['x[', '5m', ']'],
      ['', 'x', '[5m:]'],
      ['', 'x', ' offset 1m'],
      ['x{a=~"(', 'b', ')*"}'],
      ['"\\', '', '"'],
      ['#', '1', '\n'],
      ['(((a{1000}){1000}){1000}', '', ''],
      ['9', '', ''],
      ['1y', '', ''],
    ]).map((text) => [JSON.stringify(text.slice(0, 20)), text.length, text] as const),
  )('%s..., %d characters', (_start, _length, text) => run(text));

  test.each(['(', ')', 'x+', '.*', '[a', 'a{9}', '|', '\\', '(?i)', '(?:', '[[:alpha:]]'])(
    'regular expressions of many %s',
    (piece) => {
      for (const times of [10, 101, 2_000]) run(`x{a=~${JSON.stringify(piece.repeat(times))}}`);
    },
  );
});

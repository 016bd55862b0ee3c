import { Annotations } from '../annotations.ts';
import { evaluate, evaluateSteps } from '../evaluate.ts';
import { formatHistogram, formatValue } from '../format.ts';
import { formatLabels, keyOfAll } from '../labels.ts';
import { parsePromql } from '../parser.ts';
import type { Sample } from '../series.ts';
import { typeOf } from '../typecheck.ts';
import type { MatrixSeries, Value } from '../values.ts';
import { customHistograms } from './classic-to-custom.ts';
import { almostEqual, equalsExpected } from './compare.ts';
import { type Evaluation, parseScript, type Told } from './script.ts';
import type { NotedSeries, NotedValue } from './series-notation.ts';
import { TestStorage } from './storage.ts';

export interface PromqlTestFailure {
  readonly line: number;
  readonly query: string;
  readonly expected: string;
  readonly got: string;
}

export interface PromqlTestResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: readonly PromqlTestFailure[];
}

/**
 * Runs a test script in the language of Prometheus' own tests.
 * @throws UserError for a script it cannot read
 */
export function runPromqlTest(text: string, fileName: string): PromqlTestResult {
  const storage = new TestStorage();
  const failed: PromqlTestFailure[] = [];
  let passed = 0;
  for (const command of parseScript(text, fileName)) {
    if (command.kind === 'clear') storage.clear();
    else if (command.kind === 'load') {
      const all = command.withCustomHistograms
        ? [...command.series, ...customHistograms(command.series)]
        : command.series;
      for (const { labels, values } of all) storage.append(labels, values, 0, command.stepMs);
    } else {
      const failure = check(command, storage);
      if (failure) failed.push({ line: command.line, query: command.query, ...failure });
      else passed += 1;
    }
  }
  return { file: fileName, passed, failed };
}

type Difference = Pick<PromqlTestFailure, 'expected' | 'got'>;

function check(evaluation: Evaluation, source: TestStorage): Difference | undefined {
  const annotations = new Annotations();
  let value: Value;
  try {
    value = run(evaluation, source, annotations);
  } catch (error) {
    const message = (error as Error).message;
    if (!evaluation.fail) return { expected: describe(evaluation.series), got: `error: ${message}` };
    return matchesTold(evaluation.fail, [message])
      ? undefined
      : { expected: `error: ${tellTold(evaluation.fail)}`, got: message };
  }
  if (evaluation.fail) return { expected: `error: ${tellTold(evaluation.fail)}`, got: describeValue(value) };
  return (
    checkTold(evaluation.warn, annotations.format('warning', evaluation.query), 'warning') ??
    checkTold(evaluation.info, annotations.format('info', evaluation.query), 'info') ??
    checkValue(evaluation, value)
  );
}

function run({ query, startMs, endMs, stepMs }: Evaluation, source: TestStorage, annotations: Annotations): Value {
  const expr = parsePromql(query);
  if (stepMs === undefined) return evaluate(expr, { at: startMs, source, annotations });
  if (typeOf(expr) === 'string') throw new Error('a string cannot be evaluated over a range');
  return { type: 'matrix', matrix: evaluateSteps(expr, { startMs, endMs, stepMs, source, annotations }) };
}

function matchesTold(told: Told, messages: readonly string[]): boolean {
  switch (told.kind) {
    case 'none':
      return messages.length === 0;
    case 'some':
      return messages.length > 0;
    case 'text':
      return messages.includes(told.text);
    case 'match':
      return messages.some((message) => told.regex.test(message));
  }
}

function tellTold(told: Told): string {
  if (told.kind === 'text') return told.text;
  return told.kind === 'match' ? told.regex.source : told.kind;
}

function checkTold(wanted: readonly Told[], messages: readonly string[], what: string): Difference | undefined {
  const unmet = wanted.find((told) => !matchesTold(told, messages));
  return unmet && { expected: `${what}: ${tellTold(unmet)}`, got: messages.join('; ') || `no ${what}` };
}

function checkValue(evaluation: Evaluation, value: Value): Difference | undefined {
  const { scalar, text, series } = evaluation;
  if (text !== undefined) {
    return value.type === 'string' && value.value === text
      ? undefined
      : { expected: JSON.stringify(text), got: describeValue(value) };
  }
  if (value.type === 'scalar' || scalar !== undefined) {
    return value.type === 'scalar' && scalar !== undefined && almostEqual(scalar, value.value)
      ? undefined
      : { expected: scalar === undefined ? describe(series) : formatValue(scalar), got: describeValue(value) };
  }
  const { startMs, stepMs } = evaluation.matrix ?? { startMs: evaluation.startMs, stepMs: evaluation.stepMs ?? 1 };
  const expected = series.map(({ labels, values }) => ({ labels, samples: samplesAt(values, startMs, stepMs) }));
  const got = seriesOf(value, evaluation.startMs);
  const isEqual = evaluation.ordered ? equalInOrder(expected, got) : equalAsSets(expected, got);
  return isEqual ? undefined : { expected: describe(series), got: describeValue(value) };
}

type Comparable = Pick<MatrixSeries, 'labels' | 'samples'>;

function samplesAt(values: readonly NotedValue[], startMs: number, stepMs: number): Sample[] {
  return values.flatMap((value, i): Sample[] => {
    if (value === 'missing' || value === 'stale') return [];
    const timeMs = startMs + i * stepMs;
    return [typeof value === 'number' ? { timeMs, value } : { timeMs, value: Number.NaN, histogram: value }];
  });
}

function seriesOf(value: Value, timeMs: number): Comparable[] {
  if (value.type === 'matrix') return [...value.matrix];
  if (value.type !== 'vector') return [];
  return value.vector.map(({ labels, value: number, histogram }) => ({
    labels,
    samples: [{ timeMs, value: number, histogram }],
  }));
}

function equalInOrder(expected: readonly Comparable[], got: readonly Comparable[]): boolean {
  return expected.length === got.length && expected.every((series, i) => equalSeries(series, got[i] as Comparable));
}

function equalAsSets(expected: readonly Comparable[], got: readonly Comparable[]): boolean {
  const present = expected.filter(({ samples }) => samples.length > 0);
  if (present.length !== got.length) return false;
  const byKey = new Map(got.map((series) => [keyOfAll(series.labels), series]));
  return present.every((series) => {
    const other = byKey.get(keyOfAll(series.labels));
    return other !== undefined && equalSeries(series, other);
  });
}

function equalSeries(expected: Comparable, got: Comparable): boolean {
  return (
    keyOfAll(expected.labels) === keyOfAll(got.labels) &&
    expected.samples.length === got.samples.length &&
    expected.samples.every((sample, i) => equalSamples(sample, got.samples[i] as Sample))
  );
}

function equalSamples(expected: Sample, got: Sample): boolean {
  if (expected.timeMs !== got.timeMs) return false;
  if (expected.histogram) return got.histogram !== undefined && equalsExpected(expected.histogram, got.histogram);
  return got.histogram === undefined && almostEqual(expected.value, got.value);
}

function describe(series: readonly NotedSeries[]): string {
  if (series.length === 0) return 'nothing';
  return series
    .map(({ labels, values }) => `${formatLabels(labels)} ${values.map(describeNoted).join(' ')}`)
    .join('\n');
}

function describeNoted(value: NotedValue): string {
  if (typeof value === 'string') return value === 'missing' ? '_' : value;
  return typeof value === 'number' ? formatValue(value) : formatHistogram(value);
}

function describeValue(value: Value): string {
  if (value.type === 'scalar') return formatValue(value.value);
  if (value.type === 'string') return JSON.stringify(value.value);
  const series = seriesOf(value, 0);
  if (series.length === 0) return 'nothing';
  return series
    .map(({ labels, samples }) => {
      const values = samples.map((sample) =>
        sample.histogram ? formatHistogram(sample.histogram) : formatValue(sample.value),
      );
      return `${formatLabels(labels)} ${values.join(' ')}`;
    })
    .join('\n');
}

import { parse } from 'yaml';
import type { Labels } from '../../metrics/model.ts';
import { parseDuration } from '../../promql/durations.ts';
import { type NotedSeries, parseSeries } from '../../promql/testing/series-notation.ts';
import { UserError } from '../../user-error.ts';

/** A file of rule unit tests, as promtool reads it; times in milliseconds since the test's own zero. */
export interface UnitTestFile {
  /** As written: relative to the file. */
  readonly ruleFiles: readonly string[];
  readonly evaluationIntervalMs: number;
  /** Floating-point values may differ in their last bits. */
  readonly fuzzyCompare: boolean;
  readonly tests: readonly UnitTest[];
}

export interface UnitTest {
  readonly name: string;
  /** Between the values of an input series. */
  readonly intervalMs: number;
  readonly series: readonly NotedSeries[];
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  /** When the test's zero is, epoch milliseconds. */
  readonly startMs: number;
  readonly alerts: readonly AlertTest[];
  readonly queries: readonly QueryTest[];
}

export interface AlertTest {
  readonly evalMs: number;
  readonly alertname: string;
  readonly expected: readonly { readonly labels: Labels; readonly annotations: Labels }[];
}

export interface QueryTest {
  readonly expr: string;
  readonly evalMs: number;
  /** Exactly one of value and histogram; the histogram in the notation of Prometheus' tests. */
  readonly expected: readonly { readonly labels: Labels; readonly value: number; readonly histogram?: string }[];
}

const DEFAULT_INTERVAL = '1m';
const FILE_FIELDS = ['rule_files', 'evaluation_interval', 'group_eval_order', 'fuzzy_compare', 'tests'];
const TEST_FIELDS = [
  'interval',
  'name',
  'input_series',
  'alert_rule_test',
  'promql_expr_test',
  'external_labels',
  'external_url',
  'start_timestamp',
];

type Raw = Readonly<Record<string, unknown>>;

/** @throws UserError with every problem of the file */
export function parseUnitTestFile(text: string, file: string): UnitTestFile {
  const problems: string[] = [];
  let root: Raw = {};
  try {
    root = (parse(text) ?? {}) as Raw;
  } catch (error) {
    throw new UserError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  refuseUnknown(root, FILE_FIELDS, 'the file', problems);
  const duration = (value: unknown, what: string): number => {
    const ms = parseDuration(String(value ?? DEFAULT_INTERVAL));
    if (ms === undefined) problems.push(`${what} is ${JSON.stringify(value)}, must be a duration such as 1m30s`);
    return ms ?? 0;
  };
  const tests = asList(root.tests).map((raw, i): UnitTest => {
    const name = String(raw.name ?? `test ${i + 1}`);
    refuseUnknown(raw, TEST_FIELDS, name, problems);
    const at = (value: unknown): number => duration(value ?? '0', `${name}: eval_time`);
    return {
      name,
      intervalMs: duration(raw.interval ?? root.evaluation_interval, `${name}: interval`),
      series: asList(raw.input_series).flatMap((series) => readSeries(series, name, problems)),
      externalLabels: asLabels(raw.external_labels),
      externalUrl: String(raw.external_url ?? ''),
      startMs: readStart(raw.start_timestamp, name, problems),
      alerts: asList(raw.alert_rule_test).map((test) => ({
        evalMs: at(test.eval_time),
        alertname: String(test.alertname ?? ''),
        expected: asList(test.exp_alerts).map((alert) => ({
          labels: asLabels(alert.exp_labels),
          annotations: asLabels(alert.exp_annotations),
        })),
      })),
      queries: asList(raw.promql_expr_test).map((test) => ({
        expr: String(test.expr ?? ''),
        evalMs: at(test.eval_time),
        expected: asList(test.exp_samples).map((sample) => ({
          labels: readSampleLabels(sample.labels, name, problems),
          value: Number(sample.value ?? 0),
          ...(sample.histogram === undefined ? {} : { histogram: String(sample.histogram) }),
        })),
      })),
    };
  });
  const evaluationIntervalMs = duration(root.evaluation_interval, 'evaluation_interval');
  if (problems.length > 0) throw new UserError(problems.map((problem) => `${file}: ${problem}`).join('\n'));
  return {
    ruleFiles: (Array.isArray(root.rule_files) ? root.rule_files : []).map(String),
    evaluationIntervalMs,
    fuzzyCompare: root.fuzzy_compare === true,
    tests,
  };
}

function readSeries(raw: Raw, test: string, problems: string[]): NotedSeries[] {
  try {
    return [parseSeries(`${raw.series} ${raw.values}`)];
  } catch (error) {
    problems.push(`${test}: input series ${String(raw.series)}: ${(error as Error).message}`);
    return [];
  }
}

function readSampleLabels(value: unknown, test: string, problems: string[]): Labels {
  if (value === undefined || value === null || value === '') return {};
  try {
    return parseSeries(`${String(value)} `).labels;
  } catch (error) {
    problems.push(`${test}: labels ${String(value)}: ${(error as Error).message}`);
    return {};
  }
}

function readStart(value: unknown, test: string, problems: string[]): number {
  if (value === undefined) return 0;
  const ms = typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  if (Number.isFinite(ms)) return ms;
  problems.push(`${test}: start_timestamp is ${JSON.stringify(value)}, must be Unix seconds or an RFC 3339 time`);
  return 0;
}

function refuseUnknown(raw: Raw, known: readonly string[], what: string, problems: string[]): void {
  for (const field of Object.keys(raw)) {
    if (!known.includes(field)) problems.push(`${what} has the unknown field ${field}; known are ${known.join(', ')}`);
  }
}

function asList(value: unknown): Raw[] {
  return Array.isArray(value) ? value.map((item) => (item ?? {}) as Raw) : [];
}

function asLabels(value: unknown): Labels {
  return Object.fromEntries(Object.entries((value ?? {}) as Raw).map(([name, text]) => [name, String(text)]));
}

import type { Labels } from '../../metrics/model.ts';
import { type NotedSeries, parseSeries } from '../../promql/testing/series-notation.ts';
import { type YamlNode, YamlReader } from '../../yaml/reader.ts';

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

const DEFAULT_INTERVAL_MS = 60_000;
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

/** @throws ConfigurationError with every problem of the file and its place */
export function parseUnitTestFile(text: string, file: string): UnitTestFile {
  const yaml = new YamlReader(file, text);
  const root = yaml.fields(yaml.root, 'the file', FILE_FIELDS);
  const evaluationIntervalMs =
    yaml.durationMs(root.get('evaluation_interval'), 'evaluation_interval') ?? DEFAULT_INTERVAL_MS;
  const reader = new TestReader(yaml, evaluationIntervalMs);
  const tests = {
    ruleFiles: yaml.texts(root.get('rule_files'), 'rule_files'),
    evaluationIntervalMs,
    fuzzyCompare: yaml.boolean(root.get('fuzzy_compare'), 'fuzzy_compare') ?? false,
    tests: yaml.items(root.get('tests'), 'tests').map((node, i) => reader.test(node, i + 1)),
  };
  yaml.finish();
  return tests;
}

class TestReader {
  readonly #yaml: YamlReader;
  readonly #intervalMs: number;

  constructor(yaml: YamlReader, intervalMs: number) {
    this.#yaml = yaml;
    this.#intervalMs = intervalMs;
  }

  test(node: YamlNode, number: number): UnitTest {
    const yaml = this.#yaml;
    const fields = yaml.fields(node, `test ${number}`, TEST_FIELDS);
    const list = (name: string): YamlNode[] => yaml.items(fields.get(name), name);
    return {
      name: yaml.text(fields.get('name'), 'name') ?? `test ${number}`,
      intervalMs: yaml.durationMs(fields.get('interval'), 'interval') ?? this.#intervalMs,
      series: list('input_series').flatMap((series) => this.#series(series)),
      externalLabels: this.#labels(fields.get('external_labels'), 'external_labels'),
      externalUrl: yaml.text(fields.get('external_url'), 'external_url') ?? '',
      startMs: this.#start(fields.get('start_timestamp')),
      alerts: list('alert_rule_test').map((test) => this.#alertTest(test)),
      queries: list('promql_expr_test').map((test) => this.#queryTest(test)),
    };
  }

  #alertTest(node: YamlNode): AlertTest {
    const yaml = this.#yaml;
    const fields = yaml.fields(node, 'an alert test');
    return {
      evalMs: yaml.durationMs(fields.get('eval_time'), 'eval_time') ?? 0,
      alertname: yaml.text(fields.get('alertname'), 'alertname') ?? '',
      expected: yaml.items(fields.get('exp_alerts'), 'exp_alerts').map((alert) => {
        const expected = yaml.fields(alert, 'an expected alert');
        return {
          labels: this.#labels(expected.get('exp_labels'), 'exp_labels'),
          annotations: this.#labels(expected.get('exp_annotations'), 'exp_annotations'),
        };
      }),
    };
  }

  #queryTest(node: YamlNode): QueryTest {
    const yaml = this.#yaml;
    const fields = yaml.fields(node, 'a query test');
    return {
      expr: yaml.text(fields.get('expr'), 'expr') ?? '',
      evalMs: yaml.durationMs(fields.get('eval_time'), 'eval_time') ?? 0,
      expected: yaml.items(fields.get('exp_samples'), 'exp_samples').map((sample) => {
        const expected = yaml.fields(sample, 'an expected sample');
        const histogram = yaml.text(expected.get('histogram'), 'histogram');
        return {
          labels: this.#sampleLabels(expected.get('labels')),
          value: yaml.number(expected.get('value'), 'value') ?? 0,
          ...(histogram === undefined ? {} : { histogram }),
        };
      }),
    };
  }

  #series(node: YamlNode): NotedSeries[] {
    const fields = this.#yaml.fields(node, 'an input series');
    const [series = '', values = ''] = ['series', 'values'].map((name) => this.#yaml.text(fields.get(name), name));
    try {
      return [parseSeries(`${series} ${values}`)];
    } catch (error) {
      this.#yaml.problem(node, `input series ${series}: ${(error as Error).message}`);
      return [];
    }
  }

  /** Of an expected sample: as one text, `name{label="value"}`. */
  #sampleLabels(node: YamlNode): Labels {
    const text = this.#yaml.text(node, 'labels') ?? '';
    if (text === '') return {};
    try {
      return parseSeries(`${text} `).labels;
    } catch (error) {
      this.#yaml.problem(node, `labels ${text}: ${(error as Error).message}`);
      return {};
    }
  }

  #labels(node: YamlNode, what: string): Labels {
    const fields = [...this.#yaml.fields(node, what)];
    return Object.fromEntries(fields.map(([name, value]) => [name, this.#yaml.text(value, name) ?? '']));
  }

  #start(node: YamlNode): number {
    const text = this.#yaml.text(node, 'start_timestamp');
    if (text === undefined) return 0;
    const ms = Number.isFinite(Number(text)) ? Number(text) * 1000 : Date.parse(text);
    if (Number.isFinite(ms)) return ms;
    this.#yaml.problem(node, `start_timestamp must be Unix seconds or an RFC 3339 time, got ${JSON.stringify(text)}`);
    return 0;
  }
}

import type { ReportedAlert } from '../../alerting/report.ts';
import type { Labels } from '../../metrics/model.ts';
import { evaluate } from '../../promql/evaluate.ts';
import { formatHistogram, formatValue } from '../../promql/format.ts';
import { compareLabels, formatLabels, keyOfAll } from '../../promql/labels.ts';
import { parsePromql } from '../../promql/parser.ts';
import type { NativeHistogram } from '../../promql/series.ts';
import { almostEqual, equalsExpected } from '../../promql/testing/compare.ts';
import { parseHistogram } from '../../promql/testing/histogram-notation.ts';
import { TestStorage } from '../../promql/testing/storage.ts';

import { evaluateGroup, type GroupState, type RecordedSample } from '../group.ts';
import type { RuleGroup } from '../model.ts';
import type { AlertTest, QueryTest, UnitTest, UnitTestFile } from './unit-test-file.ts';

interface Sample {
  readonly labels: Labels;
  readonly value: number;
  readonly histogram?: NativeHistogram | undefined;
}

export interface UnitTestResult {
  readonly passed: number;
  readonly failed: readonly UnitTestFailure[];
}

export interface UnitTestFailure {
  readonly test: string;
  /** What was checked: an alert or a query, and when. */
  readonly what: string;
  readonly expected: string;
  readonly got: string;
}

/**
 * Runs rule unit tests as promtool does: the groups are evaluated at every evaluation interval from the test's zero to
 * its last check, each on what came before; only alerts that fire count.
 */
export function runUnitTests(file: UnitTestFile, groups: readonly RuleGroup[]): UnitTestResult {
  const results = file.tests.map((test) => new UnitTestRun(file, test, groups).run());
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.flatMap(({ failed }) => failed),
  };
}

class UnitTestRun {
  readonly #file: UnitTestFile;
  readonly #test: UnitTest;
  readonly #groups: readonly RuleGroup[];
  readonly #storage = new TestStorage();
  readonly #states = new Map<string, GroupState>();
  readonly #alerts = new Map<string, readonly ReportedAlert[]>();
  readonly #failed: UnitTestFailure[] = [];
  #passed = 0;

  constructor(file: UnitTestFile, test: UnitTest, groups: readonly RuleGroup[]) {
    this.#file = file;
    this.#test = test;
    this.#groups = groups;
  }

  run(): UnitTestResult {
    const { alerts, queries, series, intervalMs, startMs } = this.#test;
    for (const { labels, values } of series) this.#storage.append(labels, values, startMs, intervalMs);
    const lastMs = Math.max(0, ...[...alerts, ...queries].map(({ evalMs }) => evalMs));
    const stepMs = this.#file.evaluationIntervalMs;
    for (let offsetMs = 0; offsetMs <= lastMs; offsetMs += stepMs) {
      this.#evaluateRules(startMs + offsetMs);
      const due = alerts.filter(({ evalMs }) => evalMs >= offsetMs && evalMs < offsetMs + stepMs);
      for (const check of due) this.#checkAlerts(check);
    }
    for (const check of queries) this.#checkQuery(check);
    return { passed: this.#passed, failed: this.#failed };
  }

  #evaluateRules(nowMs: number): void {
    const { externalLabels, externalUrl } = this.#test;
    for (const group of this.#groups) {
      const state = this.#states.get(group.name) ?? {};
      const result = evaluateGroup(group, this.#storage, nowMs, state, { externalLabels, externalUrl });
      this.#states.set(group.name, result.state);
      this.#alerts.set(group.name, result.alerts);
      for (const sample of result.recorded) this.#record(sample);
      for (const { rule, message } of result.errors) {
        this.#fail(`rule ${rule}`, 'an evaluation without an error', message);
      }
    }
  }

  #record({ name, labels, timeMs, value, histogram, stale }: RecordedSample): void {
    const noted = stale ? 'stale' : (histogram ?? value);
    this.#storage.append({ ...labels, __name__: name }, [noted], timeMs, 1);
  }

  #checkAlerts({ alertname, evalMs, expected }: AlertTest): void {
    const firing = [...this.#alerts.values()]
      .flat()
      .filter(({ state, labels }) => state === 'firing' && labels.alertname === alertname);
    const wanted = expected.map(({ labels, annotations }) => describeAlert({ ...labels, alertname }, annotations));
    const got = firing.map(({ labels, annotations }) => describeAlert(labels, annotations));
    this.#compare(`alert ${alertname} at ${seconds(evalMs)}`, wanted.sort(), got.sort(), (a, b) => a === b);
  }

  #checkQuery({ expr, evalMs, expected }: QueryTest): void {
    const what = `${expr} at ${seconds(evalMs)}`;
    let got: readonly Sample[];
    try {
      const value = evaluate(parsePromql(expr), { at: this.#test.startMs + evalMs, source: this.#storage });
      if (value.type === 'scalar') got = [{ labels: {}, value: value.value }];
      else if (value.type === 'vector') got = value.vector;
      else throw new Error(`it gives a ${value.type}, must give a vector or a number`);
    } catch (error) {
      this.#fail(what, 'a value', `error: ${(error as Error).message}`);
      return;
    }
    const wanted = expected.map(
      ({ labels, value, histogram }): Sample => ({
        labels,
        value,
        ...(histogram === undefined ? {} : { histogram: parseHistogram(histogram) }),
      }),
    );
    const byLabels = (a: { labels: Labels }, b: { labels: Labels }): number => compareLabels(a.labels, b.labels);
    this.#compare(what, wanted.sort(byLabels), [...got].sort(byLabels), (a, b) => this.#equal(a, b), describeSample);
  }

  #equal(expected: Sample, got: Sample): boolean {
    if (keyOfAll(expected.labels) !== keyOfAll(got.labels)) return false;
    if (expected.histogram) return got.histogram !== undefined && equalsExpected(expected.histogram, got.histogram);
    if (got.histogram) return false;
    return this.#file.fuzzyCompare
      ? almostEqual(expected.value, got.value)
      : expected.value === got.value || (Number.isNaN(expected.value) && Number.isNaN(got.value));
  }

  #compare<T>(
    what: string,
    expected: readonly T[],
    got: readonly T[],
    equal: (a: T, b: T) => boolean,
    describe: (one: T) => string = String,
  ): void {
    const isEqual = expected.length === got.length && expected.every((one, i) => equal(one, got[i] as T));
    if (isEqual) this.#passed += 1;
    else this.#fail(what, describeAll(expected, describe), describeAll(got, describe));
  }

  #fail(what: string, expected: string, got: string): void {
    this.#failed.push({ test: this.#test.name, what, expected, got });
  }
}

function describeAll<T>(list: readonly T[], describe: (one: T) => string): string {
  return list.length === 0 ? 'nothing' : list.map(describe).join(', ');
}

function describeSample({ labels, value, histogram }: Sample): string {
  return `${formatLabels(labels)} ${histogram ? formatHistogram(histogram) : formatValue(value)}`.trim();
}

function describeAlert(labels: Labels, annotations: Labels): string {
  const text = (of: Labels): string =>
    JSON.stringify(
      Object.fromEntries(
        Object.keys(of)
          .sort()
          .map((name) => [name, of[name]]),
      ),
    );
  return `labels ${text(labels)} annotations ${text(annotations)}`;
}

function seconds(ms: number): string {
  return `${ms / 1000}s`;
}

import { boundedBuckets } from '../../../core/promql/histogram-buckets.ts';
import {
  evaluateInstant,
  evaluateRange,
  formatValue,
  type Matrix,
  type NativeHistogram,
  PromqlEvaluationError,
  PromqlSyntaxError,
  parseDuration,
  parsePromql,
  type Sample,
  type Series,
  type SeriesSource,
  type Value,
} from '../../../core/promql/index.ts';

/** The answer of Prometheus' HTTP API with its status code. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A query may give this many points a series, as in Prometheus. */
const MAX_POINTS = 11_000;

class BadRequest extends Error {}

/**
 * Prometheus' HTTP API v1: `query`, `query_range`, `series`, `labels`, `label/<name>/values`, `metadata`.
 * @param endpoint what follows `/api/v1/`
 */
export function queryApi(
  endpoint: string,
  parameters: URLSearchParams,
  source: SeriesSource,
  nowMs: number,
): ApiAnswer {
  try {
    return { status: 200, body: { status: 'success', data: answer(endpoint, parameters, source, nowMs) } };
  } catch (error) {
    const isBad = error instanceof BadRequest || error instanceof PromqlSyntaxError;
    if (!isBad && !(error instanceof PromqlEvaluationError)) throw error;
    const { message } = error as Error;
    return {
      status: isBad ? 400 : 422,
      body: { status: 'error', errorType: isBad ? 'bad_data' : 'execution', error: message },
    };
  }
}

function answer(endpoint: string, parameters: URLSearchParams, source: SeriesSource, nowMs: number): unknown {
  switch (endpoint) {
    case 'query': {
      const atMs = time(parameters, 'time', nowMs);
      return instantData(evaluateInstant(text(parameters, 'query'), atMs, source), atMs);
    }
    case 'query_range': {
      const [startMs, endMs, stepMs] = [time(parameters, 'start'), time(parameters, 'end'), step(parameters)];
      if (endMs < startMs) throw new BadRequest('invalid parameter "end": end timestamp must not be before start time');
      if ((endMs - startMs) / stepMs > MAX_POINTS) {
        throw new BadRequest(
          `exceeded maximum resolution of ${MAX_POINTS} points per timeseries. Try decreasing the query resolution (?step=XX)`,
        );
      }
      return {
        resultType: 'matrix',
        result: matrix(evaluateRange(text(parameters, 'query'), startMs, endMs, stepMs, source)),
      };
    }
    case 'series':
      return matching(parameters, source, nowMs).map(({ labels }) => labels);
    case 'labels':
      return [...new Set(matching(parameters, source, nowMs).flatMap(({ labels }) => Object.keys(labels)))].sort();
    case 'metadata':
      return {};
    default: {
      const [, label] = /^label\/([^/]+)\/values$/.exec(endpoint) ?? [];
      if (label === undefined) throw new BadRequest(`unknown endpoint /api/v1/${endpoint}`);
      const values = matching(parameters, source, nowMs).map(({ labels }) => labels[label] ?? '');
      return [...new Set(values)].filter((value) => value !== '').sort();
    }
  }
}

function instantData(value: Value, atMs: number): unknown {
  const at = atMs / 1000;
  switch (value.type) {
    case 'scalar':
      return { resultType: 'scalar', result: [at, formatValue(value.value)] };
    case 'string':
      return { resultType: 'string', result: [at, value.value] };
    case 'vector':
      return {
        resultType: 'vector',
        result: value.vector.map(({ labels: metric, value: number, histogram }) =>
          histogram
            ? { metric, histogram: [at, histogramJson(histogram)] }
            : { metric, value: [at, formatValue(number)] },
        ),
      };
    case 'matrix':
      return { resultType: 'matrix', result: matrix(value.matrix) };
  }
}

function matrix(series: Matrix): unknown[] {
  return series.map(({ labels: metric, samples }) => {
    const floats = samples.filter(({ histogram }) => !histogram);
    const histograms = samples.filter(
      (sample): sample is Sample & { histogram: NativeHistogram } => sample.histogram !== undefined,
    );
    return {
      metric,
      ...(floats.length > 0 ? { values: floats.map(({ timeMs, value }) => [timeMs / 1000, formatValue(value)]) } : {}),
      ...(histograms.length > 0
        ? { histograms: histograms.map(({ timeMs, histogram }) => [timeMs / 1000, histogramJson(histogram)]) }
        : {}),
    };
  });
}

/** Which ends belong to a bucket, as the API numbers it: 0 the upper one, 1 the lower one, 3 both (around zero). */
function boundaries(lower: number, upper: number): number {
  if (lower <= 0 && upper >= 0) return 3;
  return upper < 0 ? 1 : 0;
}

function histogramJson(histogram: NativeHistogram): unknown {
  const buckets = boundedBuckets(histogram)
    .filter(({ count }) => count !== 0)
    .map(({ lower, upper, count }) => [
      boundaries(lower, upper),
      formatValue(lower),
      formatValue(upper),
      formatValue(count),
    ]);
  return {
    count: formatValue(histogram.count),
    sum: formatValue(histogram.sum),
    ...(buckets.length > 0 ? { buckets } : {}),
  };
}

function matching(parameters: URLSearchParams, source: SeriesSource, nowMs: number): Series[] {
  const fromMs = time(parameters, 'start', 0);
  const toMs = time(parameters, 'end', nowMs);
  const selectors = parameters.getAll('match[]');
  if (selectors.length === 0) return [...source.select([], fromMs, toMs)];
  return selectors.flatMap((selector) => {
    const expr = parsePromql(selector);
    if (expr.kind !== 'selector') throw new BadRequest(`invalid parameter "match[]": ${selector} is not a selector`);
    return [...source.select(expr.matchers, fromMs, toMs)];
  });
}

function text(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (value === null || value === '') throw new BadRequest(`invalid parameter "${name}": it is missing`);
  return value;
}

/** Epoch seconds with a fraction, or RFC 3339. */
function time(parameters: URLSearchParams, name: string, otherwise?: number): number {
  const value = parameters.get(name);
  if (value === null && otherwise !== undefined) return otherwise;
  const seconds = Number(value);
  const timeMs =
    value !== null && value !== '' && Number.isFinite(seconds) ? Math.round(seconds * 1000) : Date.parse(value ?? '');
  if (Number.isNaN(timeMs))
    throw new BadRequest(`invalid parameter "${name}": cannot parse "${value}" to a valid timestamp`);
  return timeMs;
}

/** Seconds, or a duration such as `15s`. */
function step(parameters: URLSearchParams): number {
  const value = text(parameters, 'step');
  const seconds = Number(value);
  const stepMs = Number.isFinite(seconds) ? Math.round(seconds * 1000) : parseDuration(value);
  if (stepMs === undefined || !(stepMs > 0))
    throw new BadRequest('zero or negative query resolution step widths are not accepted. Try a positive integer');
  return stepMs;
}

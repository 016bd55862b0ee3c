import type { Labels, Point } from '../../core/metrics/model.ts';

/** The text is not Prometheus' exposition format; says in which line, and why. */
export class ExpositionError extends Error {
  override readonly name = 'ExpositionError';
}

type Kind = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\{.*\})?\s+(\S+)(?:\s+(-?\d+))?\s*$/;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*(,|$)/y;
const ESCAPED: Labels = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };
const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  Inf: Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};
/** When the process of the application started, by Prometheus' client libraries: where its counters began. */
const PROCESS_START = 'process_start_time_seconds';

/**
 * Points of a page in Prometheus' text exposition format, version 0.0.4 (OpenMetrics' suffix-free subset included).
 * Classic histograms and summaries stay what they are: counters `_bucket{le}`, `_sum`, `_count`, and gauges by
 * quantile. Samples that are NaN or infinite say nothing and are left out.
 * @param firstSeenMs start of the counters where the page does not tell
 * @throws ExpositionError
 */
export function parseExposition(page: string, scrapedMs: number, firstSeenMs: number): Point[] {
  const kinds = new Map<string, Kind>();
  const samples: { name: string; labels: Labels; value: number; timeMs: number }[] = [];
  for (const [i, line] of page.split('\n').entries()) {
    const text = line.trim();
    if (text === '') continue;
    if (text.startsWith('#')) {
      const [, keyword, name, kind] = text.split(/\s+/);
      if (keyword === 'TYPE' && name && kind) kinds.set(name, kind as Kind);
      continue;
    }
    const [, name = '', labels, value = '', timestamp] =
      SAMPLE.exec(text) ?? fail(i, text, 'a sample is `name{label="value"} 1.5`');
    const number = SPECIAL[value] ?? Number(value);
    if (Number.isNaN(number) && value !== 'NaN') fail(i, text, `${JSON.stringify(value)} is not a number`);
    if (!Number.isFinite(number)) continue;
    samples.push({
      name,
      labels: labels === undefined ? {} : parseLabels(labels.slice(1, -1), i, text),
      value: number,
      timeMs: timestamp === undefined ? scrapedMs : Number(timestamp),
    });
  }
  const startSeconds = samples.find(({ name }) => name === PROCESS_START)?.value;
  const startMs = startSeconds === undefined ? firstSeenMs : Math.round(startSeconds * 1000);
  return samples.map(
    ({ name, labels, value, timeMs }): Point =>
      isCounter(name, kinds)
        ? { kind: 'counter', name, labels, startMs, timeMs, value }
        : { kind: 'gauge', name, labels, timeMs, value },
  );
}

/** A sample's kind is that of its family: `x_bucket` belongs to the histogram `x`. OpenMetrics names `x_total`'s family `x`. */
function isCounter(name: string, kinds: ReadonlyMap<string, Kind>): boolean {
  if (kinds.get(name) !== undefined) return kinds.get(name) === 'counter';
  const family = kinds.get(name.replace(/_(bucket|sum|count|total)$/, ''));
  if (name.endsWith('_bucket')) return family === 'histogram';
  return family === 'histogram' || family === 'summary' || (family === 'counter' && name.endsWith('_total'));
}

function parseLabels(text: string, line: number, whole: string): Labels {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text) ?? fail(line, whole, 'labels are `{name="value",other="value"}`');
    const [, name = '', value = ''] = match;
    labels[name] = value.replace(/\\[\\"n]/g, (pair) => ESCAPED[pair] ?? pair);
  }
  return labels;
}

function fail(line: number, text: string, rule: string): never {
  throw new ExpositionError(`line ${line + 1}: ${JSON.stringify(text.slice(0, 120))}: ${rule}`);
}

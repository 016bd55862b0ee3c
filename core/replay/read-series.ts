import type { Labels } from '../metrics/model.ts';
import { keyOfAll } from '../promql/labels.ts';
import { parseNumber } from '../promql/parse-duration.ts';
import { ColumnSeries, ColumnStore } from '../promql/range/column-store.ts';
import { parseSeries } from '../promql/testing/series-notation.ts';
import { UserError } from '../user-error.ts';
import { YamlReader } from '../yaml/reader.ts';

/** Series of a file: as promtool writes them in its unit tests, or as OpenMetrics text with a time at each sample. */

const DEFAULT_INTERVAL_MS = 60_000;
const MOST_PROBLEMS = 20;

export function readSeries(text: string, file: string): ColumnStore {
  return /\.ya?ml$/.test(file) ? readNoted(text, file) : readOpenMetrics(text, file);
}

/** YAML: `start` (RFC 3339 or Unix seconds), `interval`, and `input_series` with `series` and `values`. */
function readNoted(text: string, file: string): ColumnStore {
  const yaml = new YamlReader(file, text);
  const top = yaml.fields(yaml.root, 'the file', ['start', 'interval', 'input_series']);
  const start = yaml.text(top.get('start'), 'start');
  const startMs = start === undefined ? 0 : Number.isFinite(Number(start)) ? Number(start) * 1000 : Date.parse(start);
  if (Number.isNaN(startMs)) {
    yaml.problem(top.get('start'), `start must be a time such as 2026-11-03T14:05:00Z, got ${JSON.stringify(start)}`);
  }
  const intervalMs = yaml.durationMs(top.get('interval'), 'interval') ?? DEFAULT_INTERVAL_MS;
  const store = new ColumnStore();
  const times = new Float64Array();
  for (const node of yaml.items(top.get('input_series'), 'input_series')) {
    const fields = yaml.fields(node, 'an input series', ['series', 'values']);
    const [series = '', values = ''] = ['series', 'values'].map((name) => yaml.text(fields.get(name), name));
    try {
      const noted = parseSeries(`${series} ${values}`);
      const column = new ColumnSeries(noted.labels, { times, values: times, length: 0 });
      noted.values.forEach((value, i) => {
        if (value !== 'missing') column.append(startMs + i * intervalMs, value);
      });
      store.add(column);
    } catch (error) {
      yaml.problem(node, `input series ${series}: ${(error as Error).message}`);
    }
  }
  yaml.finish();
  return store;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*(?:\{.*\})?)\s+(\S+)\s+(-?[\d.]+(?:e[+-]?\d+)?)(?:\s+#.*)?\s*$/i;
/** A number beyond is one of milliseconds, as in Prometheus' older text format; OpenMetrics has seconds. */
const LATEST_SECOND = 1e11;

interface Read {
  readonly labels: Labels;
  readonly times: number[];
  readonly values: number[];
}

/** What `promtool tsdb dump-openmetrics` writes. Of samples with one time the last one counts. */
function readOpenMetrics(text: string, file: string): ColumnStore {
  const byText = new Map<string, Read>();
  const byKey = new Map<string, Read>();
  const problems: string[] = [];
  let from = 0;
  for (let line = 1; from < text.length; line += 1) {
    const end = text.indexOf('\n', from);
    const content = text.slice(from, end < 0 ? text.length : end).trim();
    from = end < 0 ? text.length : end + 1;
    if (content === '' || content.startsWith('#')) continue;
    try {
      const [, name, value, time] = SAMPLE.exec(content) ?? [];
      if (name === undefined || value === undefined || time === undefined)
        throw new Error(
          `${JSON.stringify(content)} is no sample with a time: write name{label="value"} 1.5 1790000000`,
        );
      let series = byText.get(name);
      if (!series) {
        const { labels } = parseSeries(`${name} `);
        const key = keyOfAll(labels);
        series = byKey.get(key) ?? { labels, times: [], values: [] };
        byKey.set(key, series);
        byText.set(name, series);
      }
      const number = Number(time);
      series.times.push(Math.round(Math.abs(number) > LATEST_SECOND ? number : number * 1000));
      series.values.push(parseNumber(value));
    } catch (error) {
      problems.push(`${file}:${line}: ${(error as Error).message}`);
      if (problems.length >= MOST_PROBLEMS) break;
    }
  }
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  return storeOf(byKey.values());
}

function storeOf(all: Iterable<Read>): ColumnStore {
  const store = new ColumnStore();
  let shared: Float64Array = new Float64Array();
  for (const { labels, times, values } of all) {
    const order = times.map((_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b);
    const last = order.filter((i, k) => times[i] !== times[order[k + 1] ?? -1]);
    const own = Float64Array.from(last, (i) => times[i]!);
    // Series of one scrape have the same times: kept once.
    if (own.length !== shared.length || own.some((ms, i) => ms !== shared[i])) shared = own;
    const floats = { times: shared, values: Float64Array.from(last, (i) => values[i]!), length: last.length };
    store.add(new ColumnSeries(labels, floats));
  }
  return store;
}

/** The first and the last time of all samples; undefined when there are none. */
export function extentOf(store: ColumnStore): { readonly fromMs: number; readonly toMs: number } | undefined {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const { samples } of store.all()) {
    if (samples.length === 0) continue;
    fromMs = Math.min(fromMs, samples.times[0]!);
    toMs = Math.max(toMs, samples.times[samples.length - 1]!);
  }
  return fromMs <= toMs ? { fromMs, toMs } : undefined;
}

import type { Labels } from '../../metrics/model.ts';
import { addHistograms, scaleBy } from '../histograms.ts';
import { parseNumber } from '../parse-duration.ts';
import type { NativeHistogram } from '../series.ts';
import { unquote } from '../strings.ts';
import { parseHistogram } from './histogram-notation.ts';

/**
 * Series as text, as Prometheus' tests write them: `name{a="b"} 1 2 _ 4+2x3 stale {{count:4 sum:5 buckets:[1 2 1]}}x2`.
 * `4+2x3` is 4 6 8 10, `1x2` is 1 1 1, `_` is a missing sample, `_x3` three of them, `stale` ends the series.
 */

export type NotedValue = number | NativeHistogram | 'missing' | 'stale';

export interface NotedSeries {
  /** All labels, the metric's name as `__name__`. */
  readonly labels: Labels;
  readonly values: readonly NotedValue[];
}

/** Reads one line. Throws a plain Error that names what is wrong. */
export function parseSeries(line: string): NotedSeries {
  const text = line.trim();
  const { labels, rest } = parseLabels(text);
  return { labels, values: parseValues(rest) };
}

/** Reads `name{a="b"}` (either part may be missing) at the start of a text. */
function parseLabels(text: string): { labels: Labels; rest: string } {
  const name = /^[A-Za-z_:][\w:]*/.exec(text)?.[0] ?? '';
  const labels: Record<string, string> = name === '' ? {} : { __name__: name };
  let rest = text.slice(name.length).replace(/^\s*(?=\{(?!\{))/, '');
  if (!rest.startsWith('{') || rest.startsWith('{{')) return { labels, rest };
  rest = rest.slice(1);
  const pair =
    /^\s*(?:([A-Za-z_][\w:.]*)|("(?:[^"\\]|\\.)*"))\s*(?:=\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*)?,?/;
  for (let match = pair.exec(rest); match; match = pair.exec(rest)) {
    const [all, bare, quoted, value] = match;
    const key = bare ?? unquote(quoted ?? '""');
    if (value === undefined) labels.__name__ = key;
    else labels[key] = unquote(value);
    rest = rest.slice(all.length);
  }
  if (!/^\s*\}/.test(rest)) throw new Error(`labels of ${text} do not end with }`);
  for (const key of Object.keys(labels)) if (labels[key] === '') delete labels[key];
  return { labels, rest: rest.replace(/^\s*\}/, '') };
}

/** Two years of a value a minute. */
const MOST_VALUES = 1_000_000;

/** A list of values. */
function parseValues(text: string): NotedValue[] {
  const counts = [...text.matchAll(/x(\d+)(?=\s|$)/g)].map(([, count]) => Number(count));
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all > MOST_VALUES) throw new Error(`it has ${all} values: ${MOST_VALUES} at most`);
  const items = text.match(/\{\{[^}]*\}\}(?:[+-]\{\{[^}]*\}\})?(?:x\d+)?|\S+/g) ?? [];
  return items.flatMap(parseItem);
}

function parseItem(item: string): NotedValue[] {
  if (item.startsWith('{{')) return histogramItem(item);
  const missing = /^_(?:x(\d+))?$/.exec(item);
  if (missing) return repeat('missing', Number(missing[1] ?? 1));
  const stale = /^stale(?:x(\d+))?$/.exec(item);
  if (stale) return repeat('stale', Number(stale[1] ?? 0) + 1);
  const number = '[+-]?(?:Inf|NaN|(?:\\d[\\d_]*\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)';
  const match = new RegExp(`^(${number})(?:([+-])(${number}))?(?:x(\\d+))?$`, 'i').exec(item);
  if (!match) throw new Error(`${item} is no value: write 1, 1+2x3, _, stale, NaN, Inf, or {{...}}`);
  const [, base = '', sign, increment, times] = match;
  const start = parseNumber(base);
  const step = increment === undefined ? 0 : parseNumber(increment) * (sign === '-' ? -1 : 1);
  const values: number[] = [];
  let value = start;
  for (let i = 0; i <= Number(times ?? 0); i += 1) {
    values.push(value);
    value += step;
  }
  return values;
}

function repeat(value: NotedValue, length: number): NotedValue[] {
  return Array.from<NotedValue>({ length }).fill(value);
}

function histogramItem(item: string): NotedValue[] {
  const match = /^(\{\{[^}]*\}\})(?:([+-])(\{\{[^}]*\}\}))?(?:x(\d+))?$/.exec(item);
  if (!match) throw new Error(`${item} is no histogram: write {{schema:0 count:3 sum:4 buckets:[1 2]}}`);
  const [, base = '', sign, increment, times] = match;
  let value = parseHistogram(base);
  const step = increment === undefined ? undefined : parseHistogram(increment);
  const values: NotedValue[] = [];
  for (let i = 0; i <= Number(times ?? 0); i += 1) {
    values.push(value);
    if (!step) continue;
    const { histogram } = addHistograms(value, sign === '-' ? scaleBy(step, -1) : step);
    if (!histogram) throw new Error(`${item}: histograms with exponential and custom buckets cannot be added`);
    value = histogram;
  }
  return values;
}

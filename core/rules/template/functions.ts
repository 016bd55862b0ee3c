import { formatDuration, parseDuration } from '../../promql/durations.ts';
import { compileSearch, replaceAll } from '../../promql/regex.ts';
import { humanize, humanize1024, humanizeDuration, humanizePercentage } from './humanize.ts';
import { sprintf } from './printf.ts';
import { isRecord, isTrue, print, printDate, printNumber, type QuerySample, type TemplateValue } from './values.ts';

/** What a template may ask of its surroundings. */
export interface TemplateContext {
  readonly nowMs: number;
  /** Evaluates PromQL at the time of the evaluation, for `query`. */
  readonly query: (promql: string) => readonly QuerySample[];
  readonly externalUrl: string;
}

export type TemplateFunction = (args: readonly TemplateValue[], context: TemplateContext) => TemplateValue;

/** A number or the text of one; throws for anything else. */
function numberOf(value: TemplateValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  const text = typeof value === 'string' ? value.trim() : '';
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const n = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(n) && !/^nan$/i.test(text)) throw new Error(`needs a number, got ${JSON.stringify(print(value))}`);
  return n;
}

const onNumber =
  (format: (value: number) => string): TemplateFunction =>
  ([value]) =>
    format(numberOf(value));
const onText =
  (change: (text: string) => string): TemplateFunction =>
  ([value]) =>
    change(print(value));

function compareValues(a: TemplateValue, b: TemplateValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  throw new Error(`cannot compare ${print(a)} with ${print(b)}`);
}

/** An entry of its own: every object has `constructor` and the like from elsewhere. */
function entry(record: { readonly [name: string]: TemplateValue }, name: string): TemplateValue {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function index(value: TemplateValue, keys: readonly TemplateValue[]): TemplateValue {
  let found = value;
  for (const key of keys) {
    if (Array.isArray(found)) {
      const i = Number(key);
      if (!(i >= 0 && i < found.length)) throw new Error(`index ${print(key)} is out of range: length ${found.length}`);
      found = found[i];
    } else if (isRecord(found)) found = entry(found, print(key)) ?? '';
    else throw new Error(`cannot index ${print(found)}`);
  }
  return found;
}

function sampleOf(value: TemplateValue): { Labels: { readonly [name: string]: TemplateValue }; Value: TemplateValue } {
  if (!isRecord(value) || !isRecord(value.Labels)) throw new Error('needs a sample, such as query gives');
  return { Labels: value.Labels, Value: value.Value };
}

function host(text: string): string {
  return /^\[?([^\]]*)\]?(?::\d+)?$/.exec(text)?.[1]?.replace(/:\d+$/, '') ?? text;
}

function graphPath(tab: number): TemplateFunction {
  return ([expr], { externalUrl }) =>
    `${externalUrl}/graph?g0.expr=${encodeURIComponent(print(expr)).replaceAll('%20', '+')}&g0.tab=${tab}`;
}

function lengthOf(value: TemplateValue): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length;
  if (Array.isArray(value)) return value.length;
  if (isRecord(value)) return Object.keys(value).length;
  throw new Error(`${print(value)} has no length`);
}

/** Go's `time.Duration` text: `1h30m0s`. */
function goDuration(seconds: number): string {
  const total = Math.abs(seconds);
  const sign = seconds < 0 ? '-' : '';
  if (total < 1) return seconds === 0 ? '0s' : sign + formatDuration(total * 1000);
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, Number((total % 60).toFixed(9))];
  return `${sign}${h > 0 ? `${h}h` : ''}${h > 0 || m > 0 ? `${m}m` : ''}${s}s`;
}

/** Functions of Go's templates and of Prometheus' on top; `and` and `or` are evaluated lazily elsewhere. */
export const templateFunctions: Readonly<Record<string, TemplateFunction>> = {
  not: ([value]) => !isTrue(value),
  eq: ([first, ...others]) => others.some((other) => other === first),
  ne: ([a, b]) => a !== b,
  lt: ([a, b]) => compareValues(a, b) < 0,
  le: ([a, b]) => compareValues(a, b) <= 0,
  gt: ([a, b]) => compareValues(a, b) > 0,
  ge: ([a, b]) => compareValues(a, b) >= 0,
  len: ([value]) => lengthOf(value),
  index: ([value, ...keys]) => index(value, keys),
  slice: ([value, from, to]) =>
    typeof value === 'string' || Array.isArray(value)
      ? value.slice(Number(from ?? 0), to === undefined ? undefined : Number(to))
      : null,
  print: (args) => args.map(print).join(''),
  println: (args) => `${args.map(print).join(' ')}\n`,
  printf: ([format, ...args]) => sprintf(print(format), args),
  html: onText((text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)),
  js: onText((text) => JSON.stringify(text).slice(1, -1)),
  urlquery: onText((text) => encodeURIComponent(text).replaceAll('%20', '+')),
  query: ([promql], { query }) =>
    query(print(promql)).map(({ Labels, Value }) => ({ Labels, Value })) as readonly TemplateValue[],
  first: ([list]) => {
    if (Array.isArray(list) && list.length > 0) return list[0];
    throw new Error('first() called on vector with no elements');
  },
  label: ([name, sample]) => entry(sampleOf(sample).Labels, print(name)) ?? '',
  value: ([sample]) => sampleOf(sample).Value,
  strvalue: ([sample]) => sampleOf(sample).Labels.__value__ ?? '',
  sortByLabel: ([name, list]) =>
    Array.isArray(list)
      ? list.toSorted((a: TemplateValue, b: TemplateValue) =>
          compareValues(
            print(entry(sampleOf(a).Labels, print(name)) ?? ''),
            print(entry(sampleOf(b).Labels, print(name)) ?? ''),
          ),
        )
      : [],
  humanize: onNumber(humanize),
  humanize1024: onNumber(humanize1024),
  humanizeDuration: onNumber(humanizeDuration),
  humanizePercentage: onNumber(humanizePercentage),
  humanizeTimestamp: onNumber((seconds) =>
    Number.isFinite(seconds) ? printDate(new Date(seconds * 1000)) : printNumber(seconds),
  ),
  toTime: ([seconds]) => new Date(numberOf(seconds) * 1000),
  toDuration: onNumber(goDuration),
  now: (_args, { nowMs }) => nowMs / 1000,
  parseDuration: ([text]) => {
    const ms = parseDuration(print(text));
    if (ms === undefined) throw new Error(`${JSON.stringify(print(text))} is no duration`);
    return ms / 1000;
  },
  title: onText((text) =>
    text.replace(/(^|[^\p{L}\p{N}_'])(\p{Ll})/gu, (_all, before: string, c: string) => before + c.toUpperCase()),
  ),
  toUpper: onText((text) => text.toUpperCase()),
  toLower: onText((text) => text.toLowerCase()),
  match: ([pattern, text]) => compileSearch(print(pattern)).test(print(text)),
  reReplaceAll: ([pattern, replacement, text]) =>
    replaceAll(compileSearch(print(pattern)), print(text), print(replacement)),
  stripPort: onText(host),
  stripDomain: onText((text) => {
    const [, name = text, port = ''] = /^(.*?)(:\d+)?$/.exec(text) ?? [];
    return /^[\d.]+$|^\[|:/.test(name) ? text : name.replace(/\..*$/, '') + port;
  }),
  args: (args) => Object.fromEntries(args.map((value, i) => [`arg${i}`, value])),
  safeHtml: ([text]) => text,
  graphLink: graphPath(0),
  tableLink: graphPath(1),
  externalURL: (_args, { externalUrl }) => externalUrl,
  pathPrefix: (_args, { externalUrl }) => /^[a-z]+:\/\/[^/]*(\/.*)?$/i.exec(externalUrl)?.[1] ?? '',
  urlQueryEscape: onText((text) => encodeURIComponent(text).replaceAll('%20', '+')),
};

export function functionNamed(name: string): TemplateFunction | undefined {
  return Object.hasOwn(templateFunctions, name) ? templateFunctions[name] : undefined;
}

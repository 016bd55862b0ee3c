import { parseDuration } from '../../promql/durations.ts';
import { compileSearch, replaceAll } from '../../promql/regex.ts';
import { humanize, humanize1024, humanizeDuration, humanizePercentage } from './humanize.ts';
import { sprintf } from './printf.ts';
import {
  isRecord,
  isTrue,
  print,
  printDate,
  printDuration,
  printNumber,
  type QuerySample,
  type TemplateValue,
} from './values.ts';

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

/** `host:port` without the port; anything else as it is, an address of IPv6 without a port among it. */
function host(text: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:[\]]*)):[^:]*$/.exec(text) ?? [];
  return bracketed ?? plain ?? text;
}

/** Go's `url.QueryEscape`. */
function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** Go's `template.JSEscapeString`. */
function jsEscape(text: string): string {
  return text.replace(/[\\'"<>&=\p{Cc}]/gu, (c) =>
    `\\'"`.includes(c) ? `\\${c}` : `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

/** Go's `fmt.Sprint`: a space between two operands where neither is a text. */
function sprint(args: readonly TemplateValue[]): string {
  return args
    .map((value, i) => {
      const before = args[i - 1];
      const isApart = i > 0 && typeof value !== 'string' && typeof before !== 'string';
      return `${isApart ? ' ' : ''}${print(value)}`;
    })
    .join('');
}

/** A path of the expression browser, as Prometheus gives it: without the external URL. */
function graphPath(tab: number): TemplateFunction {
  return ([expr]) => `/graph?g0.expr=${queryEscape(print(expr))}&g0.tab=${tab}`;
}

function lengthOf(value: TemplateValue): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length;
  if (Array.isArray(value)) return value.length;
  if (isRecord(value)) return Object.keys(value).length;
  throw new Error(`${print(value)} has no length`);
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** As Go's `html`. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => HTML[c] ?? `&#${c.charCodeAt(0)};`);
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
  print: sprint,
  println: (args) => `${args.map(print).join(' ')}\n`,
  printf: ([format, ...args]) => sprintf(print(format), args),
  html: onText(escapeHtml),
  js: onText(jsEscape),
  urlquery: onText(queryEscape),
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
  toDuration: onNumber(printDuration),
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
  urlQueryEscape: onText(queryEscape),
};

import { type TemplateFunction, templateFunctions } from '../../rules/template/functions.ts';
import { humanizeDuration } from '../../rules/template/humanize.ts';
import {
  Duration,
  isRecord,
  print,
  SafeText,
  STRUCT,
  type TemplateValue,
  ZonedDate,
} from '../../rules/template/values.ts';
import { isTimeZone } from '../../time-zone.ts';
import { formatGoTime, printGoTime } from './go-time.ts';

/** Of the engine's functions those that are Go's own, and those that Alertmanager has in common with Prometheus. */
const SHARED = 'not eq ne lt le gt ge len index slice print println printf html js urlquery match reReplaceAll'.split(
  ' ',
);

function textOf(value: TemplateValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof SafeText) return value.text;
  throw new Error(`needs a text, got ${print(value)}`);
}

function timeOf(value: TemplateValue): Date {
  if (value instanceof Date) return value;
  throw new Error(`needs a time such as .StartsAt, got ${print(value)}`);
}

function listOf(value: TemplateValue): readonly TemplateValue[] {
  if (Array.isArray(value)) return value;
  throw new Error(`needs a list, got ${print(value)}`);
}

function secondsOf(value: TemplateValue): number {
  if (value instanceof Duration) return value.seconds;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return number;
  throw new Error(`needs a duration or a number of seconds, got ${print(value)}`);
}

const onText =
  (change: (text: string) => string): TemplateFunction =>
  ([value]) =>
    change(textOf(value));

/** The functions of Alertmanager's templates. */
export const notificationFunctions: Readonly<Record<string, TemplateFunction>> = {
  ...Object.fromEntries(SHARED.map((name) => [name, templateFunctions[name] as TemplateFunction])),
  toUpper: onText((text) => text.toUpperCase()),
  toLower: onText((text) => text.toLowerCase()),
  // Unlike Prometheus', Alertmanager's makes the rest of each word small.
  title: ([text], context) => templateFunctions.title?.([textOf(text).toLowerCase()], context),
  trimSpace: onText((text) => text.trim()),
  join: ([separator, list]) => listOf(list).map(textOf).join(textOf(separator)),
  stringSlice: (args) => args.map(textOf),
  list: (args) => args,
  append: ([list, ...items]) => [...listOf(list), ...items],
  dict: (args) => {
    if (args.length % 2 !== 0) throw new Error(`needs a value for each name, got ${args.length} arguments`);
    const entries = Array.from({ length: args.length / 2 }, (_, i) => [textOf(args[2 * i]), args[2 * i + 1]] as const);
    return Object.fromEntries(entries);
  },
  safeHtml: ([text]) => new SafeText(textOf(text)),
  safeUrl: ([text]) => new SafeText(textOf(text)),
  urlUnescape: onText((text) => decodeURIComponent(text.replaceAll('+', ' '))),
  toJson: ([value]) => toJson(value),
  date: ([layout, time]) => {
    const date = timeOf(time);
    return formatGoTime(date.getTime(), textOf(layout), date instanceof ZonedDate ? date.timeZone : 'UTC');
  },
  tz: ([name, time]) => {
    const zone = textOf(name);
    if (!isTimeZone(zone)) throw new Error(`no time zone is named ${JSON.stringify(zone)}`);
    const timeMs = timeOf(time).getTime();
    return new ZonedDate(timeMs, zone, printGoTime(timeMs, zone));
  },
  since: ([time], { nowMs }) => new Duration((nowMs - timeOf(time).getTime()) / 1000),
  humanizeDuration: ([value]) => humanizeDuration(secondsOf(value)),
};

/** As Go's encoding/json: names of mappings in order, and no character that HTML minds. */
function toJson(value: TemplateValue): string {
  const escaped = JSON.stringify(plain(value)) ?? 'null';
  return escaped.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function plain(value: TemplateValue): unknown {
  if (value instanceof Date) return formatGoTime(value.getTime(), '2006-01-02T15:04:05.999999999Z07:00', 'UTC');
  if (value instanceof Duration) return Math.round(value.seconds * 1e9);
  if (value instanceof SafeText) return value.text;
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value ?? null;
  // A pair of SortedPairs keeps its names; all else has those of the webhook.
  const isPair = value[STRUCT] && Object.keys(value).join() === 'Name,Value';
  const entries = Object.entries(value);
  if (!value[STRUCT]) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const nameOf = (name: string): string =>
    value[STRUCT] && !isPair ? name.slice(0, 1).toLowerCase() + name.slice(1) : name;
  return Object.fromEntries(entries.map(([name, item]) => [nameOf(name), plain(item)]));
}

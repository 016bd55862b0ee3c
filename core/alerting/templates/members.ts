import type { Member } from '../../rules/template/execute.ts';
import { Duration, isRecord, print, STRUCT, type TemplateValue, ZonedDate } from '../../rules/template/values.ts';
import { formatGoTime, printGoTime } from './go-time.ts';

type Method = (args: readonly TemplateValue[]) => TemplateValue;
type Methods = Readonly<Record<string, Method>>;

/** Fields and methods of Alertmanager's data, and of Go's times and durations. */
export const member: Member = (value, name, args) => {
  const methods = methodsOf(value);
  const method = methods && Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method) return { value: method(args) };
  if (!isRecord(value)) {
    if (!methods) return undefined;
    throw new Error(`can't evaluate field ${name} in ${print(value)}; it has ${Object.keys(methods).join(', ')}`);
  }
  if (value[STRUCT] && !Object.hasOwn(value, name)) {
    throw new Error(`can't evaluate field ${name}; there are ${Object.keys(value).join(', ')}`);
  }
  return undefined;
};

function methodsOf(value: TemplateValue): Methods | undefined {
  if (value instanceof Date) return timeMethods(value);
  if (value instanceof Duration) return durationMethods(value);
  if (Array.isArray(value)) return listMethods(value);
  return isRecord(value) && !value[STRUCT] ? labelMethods(value) : undefined;
}

/** Of labels and annotations. */
function labelMethods(labels: { readonly [name: string]: TemplateValue }): Methods {
  return {
    SortedPairs: () => sortedPairs(labels),
    Names: () => sortedPairs(labels).map(({ Name }) => Name),
    Values: () => sortedPairs(labels).map(({ Value }) => Value),
    Remove: ([names]) => {
      if (!Array.isArray(names)) throw new Error(`Remove needs a list of names, got ${print(names)}`);
      const gone: readonly TemplateValue[] = names;
      return Object.fromEntries(Object.entries(labels).filter(([name]) => !gone.includes(name)));
    },
  };
}

/** By name, but `alertname` before all. */
function sortedPairs(labels: { readonly [name: string]: TemplateValue }) {
  const rank = (name: string): string => (name === 'alertname' ? '' : name);
  return Object.entries(labels)
    .sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
    .map(([Name, Value]) => ({ [STRUCT]: true as const, Name, Value }));
}

/** Of alerts, and of the pairs of labels. */
function listMethods(list: readonly TemplateValue[]): Methods {
  const fields = list.map((item) => (isRecord(item) && item[STRUCT] ? item : undefined));
  const withStatus = (status: string): TemplateValue[] => list.filter((_item, i) => fields[i]?.Status === status);
  const all = (name: string): TemplateValue[] => fields.map((item) => item?.[name]);
  return {
    Firing: () => withStatus('firing'),
    Resolved: () => withStatus('resolved'),
    Names: () => all('Name'),
    Values: () => all('Value'),
  };
}

/** Of `.StartsAt` and `.EndsAt`. */
function timeMethods(date: Date): Methods {
  const timeMs = date.getTime();
  const zone = date instanceof ZonedDate ? date.timeZone : 'UTC';
  const whole = (layout: string) => (): number => Number(formatGoTime(timeMs, layout, zone));
  const other = ([value]: readonly TemplateValue[]): number => {
    if (value instanceof Date) return value.getTime();
    throw new Error(`needs a time, got ${print(value)}`);
  };
  return {
    Format: ([layout]) => formatGoTime(timeMs, print(layout), zone),
    String: () => printGoTime(timeMs, zone),
    UTC: () => new Date(timeMs),
    Local: () => new Date(timeMs),
    Unix: () => Math.floor(timeMs / 1000),
    UnixMilli: () => timeMs,
    IsZero: () => date.getUTCFullYear() === 1,
    Sub: (args) => new Duration((timeMs - other(args)) / 1000),
    Before: (args) => timeMs < other(args),
    After: (args) => timeMs > other(args),
    Equal: (args) => timeMs === other(args),
    Year: whole('2006'),
    Month: () => formatGoTime(timeMs, 'January', zone),
    Day: whole('2'),
    Weekday: () => formatGoTime(timeMs, 'Monday', zone),
    Hour: whole('15'),
    Minute: whole('4'),
    Second: whole('5'),
  };
}

function durationMethods({ seconds }: Duration): Methods {
  return {
    Hours: () => seconds / 3600,
    Minutes: () => seconds / 60,
    Seconds: () => seconds,
    Milliseconds: () => Math.trunc(seconds * 1000),
    String: () => print(new Duration(seconds)),
    Round: ([unit]) => (unit instanceof Duration ? roundTo(seconds, unit.seconds, Math.round) : new Duration(seconds)),
    Truncate: ([unit]) =>
      unit instanceof Duration ? roundTo(seconds, unit.seconds, Math.trunc) : new Duration(seconds),
  };
}

function roundTo(seconds: number, unit: number, round: (value: number) => number): Duration {
  return new Duration(unit > 0 ? round(seconds / unit) * unit : seconds);
}

import type { Labels } from '../../metrics/model.ts';
import { formatDuration } from '../../promql/durations.ts';

/** One element of a query's result, as templates see it. */
export interface QuerySample {
  readonly Labels: Labels;
  readonly Value: number;
}

/** Go's `time.Duration`. */
export class Duration {
  readonly seconds: number;

  constructor(seconds: number) {
    this.seconds = seconds;
  }
}

/** A time that is shown on the clocks of a zone; a plain Date is shown in UTC. */
export class ZonedDate extends Date {
  readonly timeZone: string;
  /** As `{{ . }}` prints it. */
  readonly text: string;

  constructor(timeMs: number, timeZone: string, text: string) {
    super(timeMs);
    this.timeZone = timeZone;
    this.text = text;
  }
}

/** Text that is HTML already and must not be escaped again. */
export class SafeText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Marks a record that is a struct in Go: it prints as its values in order, and is never empty. */
export const STRUCT: unique symbol = Symbol('struct');

/** Values that templates compute with. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | Date
  | Duration
  | SafeText
  | readonly TemplateValue[]
  | { readonly [key: string]: TemplateValue; readonly [STRUCT]?: true };

/** Empty values are false: false, 0, nil, the empty string, list or mapping. */
export function isTrue(value: TemplateValue): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Duration) return value.seconds !== 0;
  if (value instanceof SafeText) return value.text !== '';
  return isRecord(value) && value[STRUCT] === undefined ? Object.keys(value).length > 0 : true;
}

export function isRecord(
  value: TemplateValue,
): value is { readonly [key: string]: TemplateValue; readonly [STRUCT]?: true } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !(value instanceof Date) && !(value instanceof Duration) && !(value instanceof SafeText);
}

/** A value as `{{ . }}` prints it. */
export function print(value: TemplateValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return printNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return '<no value>';
  if (value instanceof ZonedDate) return value.text;
  if (value instanceof Date) return printDate(value);
  if (value instanceof Duration) return printDuration(value.seconds);
  if (value instanceof SafeText) return value.text;
  if (Array.isArray(value)) return `[${value.map(print).join(' ')}]`;
  if (!isRecord(value)) return '';
  if (value[STRUCT]) return `{${Object.values(value).map(print).join(' ')}}`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${print(item)}`).join(' ')}]`;
}

/** As Go prints a `time.Duration`: `1h30m0s`. */
export function printDuration(seconds: number): string {
  const total = Math.abs(seconds);
  const sign = seconds < 0 ? '-' : '';
  if (total < 1) return seconds === 0 ? '0s' : sign + formatDuration(total * 1000);
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, Number((total % 60).toFixed(9))];
  return `${sign}${h > 0 ? `${h}h` : ''}${h > 0 || m > 0 ? `${m}m` : ''}${s}s`;
}

/** Go's `%v` of a float: the shortest text, with an exponent below 1e-4 and from 1e21 on. */
export function printNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e21)) return goExponent(value.toExponential());
  return Object.is(value, -0) ? '-0' : String(value);
}

/** `1e-7` in JavaScript is `1e-07` in Go. */
export function goExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `2026-11-23 21:00:00 +0000 UTC`, as Go prints a time. */
export function printDate(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split('T');
  const fraction = time.slice(8, -1).replace(/\.?0+$/, '');
  return `${day} ${time.slice(0, 8)}${fraction} +0000 UTC`;
}

import type { Labels } from '../../metrics/model.ts';

/** One element of a query's result, as templates see it. */
export interface QuerySample {
  readonly Labels: Labels;
  readonly Value: number;
}

/** Values that templates compute with. */
export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | Date
  | readonly TemplateValue[]
  | { readonly [key: string]: TemplateValue };

/** Empty values are false: false, 0, nil, the empty string, list or mapping. */
export function isTrue(value: TemplateValue): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && !(value instanceof Date)) return Object.keys(value).length > 0;
  return true;
}

export function isRecord(value: TemplateValue): value is { readonly [key: string]: TemplateValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A value as `{{ . }}` prints it. */
export function print(value: TemplateValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return printNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return '<no value>';
  if (value instanceof Date) return printDate(value);
  if (Array.isArray(value)) return `[${value.map(print).join(' ')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${print(item)}`).join(' ')}]`;
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

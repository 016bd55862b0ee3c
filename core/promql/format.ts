import { boundedBuckets } from './histogram-buckets.ts';
import type { NativeHistogram } from './series.ts';

/** A number as Prometheus writes it: shortest text that reads back, `+Inf`, `-Inf`, `NaN`, never an exponent. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  return text.includes('e') ? withoutExponent(text) : text;
}

function withoutExponent(text: string): string {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Like Go's `%v`: an exponent below 1e-4 and from 1e21 on. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatValue(value);
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e21) return formatValue(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const digits = exponent.replace(/^[+-]/, '').padStart(2, '0');
  return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${digits}`;
}

/** A value of the labels `le` and `quantile`, as Prometheus 3 normalises them: `1` is `1.0`. */
export function formatBound(value: number): string {
  const text = formatShort(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** `{count:4, sum:5, (0.5,1]:1, ...}`, as Prometheus writes a native histogram. */
export function formatHistogram(histogram: NativeHistogram): string {
  const parts = [`count:${formatShort(histogram.count)}`, `sum:${formatShort(histogram.sum)}`];
  for (const { lower, upper, count } of boundedBuckets(histogram)) {
    if (count === 0) continue;
    const [open, close] = lower < 0 && upper <= 0 ? '[)' : lower < 0 ? '[]' : '(]';
    parts.push(`${open}${formatShort(lower)},${formatShort(upper)}${close}:${formatShort(count)}`);
  }
  return `{${parts.join(', ')}}`;
}

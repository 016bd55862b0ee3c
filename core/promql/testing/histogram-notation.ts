import type { Buckets } from '../../metrics/model.ts';
import { parseNumber } from '../parse-duration.ts';
import type { NativeHistogram } from '../series.ts';

const FIELDS = [
  'schema',
  'sum',
  'count',
  'z_bucket',
  'z_bucket_w',
  'custom_values',
  'buckets',
  'n_buckets',
  'offset',
  'n_offset',
  'counter_reset_hint',
] as const;
type Field = (typeof FIELDS)[number];

/** Custom buckets have this schema in Prometheus. */
const CUSTOM_SCHEMA = -53;

const HINTS: Readonly<Record<string, NativeHistogram['resetHint']>> = {
  unknown: undefined,
  reset: 'reset',
  not_reset: 'not-reset',
  gauge: 'gauge',
};

/** `{{schema:0 count:3 sum:4 z_bucket:1 z_bucket_w:0.1 buckets:[1 2] offset:-1}}`. Throws a plain Error. */
export function parseHistogram(text: string): NativeHistogram {
  const fields = new Map<Field, string>();
  for (const [, name = '', value = ''] of text.slice(2, -2).matchAll(/(\w+):\s*(\[[^\]]*\]|\S+)/g)) {
    if (!(FIELDS as readonly string[]).includes(name)) {
      throw new Error(`unknown field ${name} of a histogram: known are ${FIELDS.join(', ')}`);
    }
    fields.set(name as Field, value);
  }
  const number = (field: Field, otherwise: number): number => parseNumber(fields.get(field) ?? String(otherwise));
  const list = (field: Field): number[] =>
    (fields.get(field) ?? '').replace(/[[\]]/g, ' ').trim().split(/\s+/).filter(Boolean).map(parseNumber);
  const schema = number('schema', 0);
  const isCustom = schema === CUSTOM_SCHEMA;
  // Prometheus' bucket i ends at base^i, OpenTelemetry's begins there.
  const buckets = (counts: Field, offset: Field): Buckets => ({
    offset: number(offset, 0) - (isCustom ? 0 : 1),
    counts: list(counts),
  });
  const hint = HINTS[fields.get('counter_reset_hint') ?? 'unknown'];
  return {
    scale: isCustom ? 0 : schema,
    count: number('count', 0),
    sum: number('sum', 0),
    zeroCount: number('z_bucket', 0),
    zeroThreshold: number('z_bucket_w', 0),
    positive: buckets('buckets', 'offset'),
    negative: buckets('n_buckets', 'n_offset'),
    ...(isCustom ? { customBounds: list('custom_values') } : {}),
    ...(hint ? { resetHint: hint } : {}),
  };
}

import { downscale, MIN_SCALE } from './exponential-histogram.ts';
import type { Buckets, ExponentialHistogram } from './model.ts';

/** Timestream's limit on one text value of a multi-measure record. */
const MAX_BYTES = 2048;

/**
 * A histogram's buckets as short text for a column: `scale|zeroCount|offset:c,c,c|offset:c,c` (positive, negative), e.g.
 * `3|0|-8:1,0,4|`. Merging rows then stays exact. Resolution is lowered until the text fits the column.
 */
export function histogramText(histogram: ExponentialHistogram, maxBytes: number = MAX_BYTES): string {
  let candidate = histogram;
  for (;;) {
    const text = write(candidate);
    if (text.length <= maxBytes || candidate.scale <= MIN_SCALE) return text;
    candidate = downscale(candidate, candidate.scale - 1);
  }
}

function write({ scale, zeroCount, positive, negative }: ExponentialHistogram): string {
  const side = (buckets: Buckets): string =>
    buckets.counts.length === 0 ? '' : `${buckets.offset}:${buckets.counts.join(',')}`;
  return `${scale}|${zeroCount}|${side(positive)}|${side(negative)}`;
}

/**
 * The histogram of such a text. How far its zero bucket reaches the text does not say: as far as ours do.
 * @throws Error when it is none
 */
export function parseHistogramText(
  text: string,
  { count, sum }: Pick<ExponentialHistogram, 'count' | 'sum'>,
): ExponentialHistogram {
  const parts = /^(-?\d+)\|([\d.e+-]+)\|([^|]*)\|([^|]*)$/.exec(text);
  if (!parts) throw new Error(`${JSON.stringify(text)} is no histogram: scale|zeroCount|offset:c,c|offset:c,c`);
  const [, scale, zeroCount, positive = '', negative = ''] = parts;
  const side = (buckets: string): Buckets => {
    if (buckets === '') return { offset: 0, counts: [] };
    const [offset, counts = ''] = buckets.split(':');
    return { offset: Number(offset), counts: counts.split(',').map(Number) };
  };
  return {
    scale: Number(scale),
    count,
    sum,
    zeroCount: Number(zeroCount),
    zeroThreshold: 0,
    positive: side(positive),
    negative: side(negative),
  };
}

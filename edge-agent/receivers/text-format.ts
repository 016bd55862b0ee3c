import type { Labels } from '../../core/metrics/model.ts';

/** One line of Prometheus' text format. */
export interface TextSample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
  /** Whether it only goes up: counters, and the `_bucket`, `_sum` and `_count` of histograms and summaries. */
  readonly kind: 'counter' | 'gauge';
}

export interface TextFormat {
  readonly samples: readonly TextSample[];
  /** Lines that are neither samples nor comments, by number (from 1). */
  readonly problems: readonly string[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+(?:\.\d+)?)?(?:\s+#.*)?$/;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/gy;
const TYPE = /^#\s*TYPE\s+(\S+)\s+(\S+)\s*$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/**
 * Reads what applications expose at `/metrics`: Prometheus' text format 0.0.4, and OpenMetrics as far as it looks the
 * same (exemplars and timestamps are passed over). A classic histogram stays what it is, the counters `_bucket{le}`,
 * `_sum` and `_count`: turning fixed buckets into exponential ones would invent precision.
 */
export function parseTextFormat(text: string): TextFormat {
  const types = new Map<string, string>();
  const samples: TextSample[] = [];
  const problems: string[] = [];
  text.split('\n').forEach((line, i) => {
    const trimmed = line.trim();
    if (trimmed === '') return;
    if (trimmed.startsWith('#')) {
      const [, name, type] = TYPE.exec(trimmed) ?? [];
      if (name !== undefined && type !== undefined) types.set(name, type);
      return;
    }
    const sample = parseSample(trimmed, types);
    if (sample) samples.push(sample);
    else problems.push(`line ${i + 1} is no sample: ${trimmed.slice(0, 80)}`);
  });
  return { samples, problems };
}

function parseSample(line: string, types: ReadonlyMap<string, string>): TextSample | undefined {
  const [, name, labelText, valueText] = SAMPLE.exec(line) ?? [];
  if (name === undefined || valueText === undefined) return undefined;
  const labels = parseLabels(labelText ?? '');
  const value = parseValue(valueText);
  if (!labels || value === undefined) return undefined;
  return { name, labels, value, kind: kindOf(name, labels, types) };
}

function parseLabels(text: string): Labels | undefined {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.trimEnd().length) {
    const match = LABEL.exec(text);
    if (!match) return undefined;
    labels[match[1] as string] = (match[2] as string).replace(/\\(.)/g, (all, c: string) => ESCAPES[c] ?? all);
  }
  return labels;
}

function parseValue(text: string): number | undefined {
  if (/^[+-]?Inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^NaN$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

function kindOf(name: string, labels: Labels, types: ReadonlyMap<string, string>): 'counter' | 'gauge' {
  const own = types.get(name) ?? types.get(name.replace(/_total$/, ''));
  if (own !== undefined && own !== 'histogram' && own !== 'summary') return own === 'counter' ? 'counter' : 'gauge';
  const family = types.get(name.replace(/_(bucket|sum|count)$/, ''));
  const isPart = /_(bucket|sum|count)$/.test(name);
  if ((family === 'histogram' || family === 'summary') && isPart) return 'counter';
  // The quantiles of a summary; and untyped samples, of which only a `_total` is surely a counter.
  return own === undefined && name.endsWith('_total') && labels.quantile === undefined ? 'counter' : 'gauge';
}

import { OUTLIER_SCORE } from '../../outliers/score.ts';
import { type Aggregation, type Binary, type Call, type Expr, unwrap, type VectorSelector } from '../../promql/ast.ts';
import { metricNameOf } from '../../promql/matchers.ts';
import { typeOf } from '../../promql/typecheck.ts';
import { jobOf, knownMetric, type Metrics } from './metrics.ts';

/** What is known of the labels of an expression's results. */
export interface KnownLabels {
  /** The only ones that may be there; undefined: any. */
  readonly possible: ReadonlySet<string> | undefined;
  /** Those that every result has. */
  readonly certain: ReadonlySet<string>;
  /** Values, of those of `certain` that always have the same. */
  readonly values: ReadonlyMap<string, string>;
}

const NONE: KnownLabels = { possible: new Set(), certain: new Set(), values: new Map() };
const UNKNOWN: KnownLabels = { possible: undefined, certain: new Set(), values: new Map() };

/** Every series of an agent has them. */
const AGENT = ['job', 'instance', 'thing'] as const;
/** `ingest` stamps them: the cloud sees them, an agent does not. */
export const STAMPED = ['tenant', 'site', 'clock'] as const;
/** Exporters send metrics of these names, too, with labels of their own. */
const FROM_OTHERS_TOO = /^(node|process)_/;
/** Made in the cloud, of what is known there. */
const CLOUD_MADE: Readonly<Record<string, readonly string[]>> = {
  nsmon_agent_last_seen_timestamp_seconds: ['thing', 'tenant', 'site'],
};
/** Its labels depend on the cause: of a device, or of a subject. */
const SCORE_LABELS = {
  certain: ['tenant', 'device_type', 'channel', 'cause'],
  possible: ['tenant', 'site', 'thing', 'device_id', 'device_type', 'channel', 'cause', 'subject'],
} as const;

export function labelsOf(expr: Expr, metrics: Metrics): KnownLabels {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return NONE;
    case 'selector':
      return selected(expr, metrics);
    case 'range':
      return selected(expr.selector, metrics);
    case 'subquery':
    case 'unary':
    case 'paren':
      return labelsOf(expr.expr, metrics);
    case 'aggregation':
      return aggregated(expr, metrics);
    case 'call':
      return called(expr, metrics);
    case 'binary':
      return joined(expr, metrics);
  }
}

function selected({ matchers }: VectorSelector, metrics: Metrics): KnownLabels {
  const name = metricNameOf(matchers);
  const own = name === undefined ? UNKNOWN : ofMetric(name, metrics);
  const demanded = matchers.filter(({ name: label, op, value }) => label !== '__name__' && op === '=' && value !== '');
  return {
    possible: own.possible,
    certain: new Set([...own.certain, ...demanded.map(({ name: label }) => label)]),
    values: new Map([...own.values, ...demanded.map(({ name: label, value }) => [label, value] as const)]),
  };
}

function ofMetric(name: string, metrics: Metrics): KnownLabels {
  const recordings = metrics.recorded.get(name);
  if (recordings) {
    const [only] = recordings;
    if (recordings.length > 1 || !only) return UNKNOWN;
    // A rule that looks at what it recorded before would never come to an end.
    const others = new Map([...metrics.recorded].filter(([other]) => other !== name));
    const inner = labelsOf(only.query, { recorded: others });
    const added = Object.keys(only.labels);
    return {
      possible: inner.possible && new Set([...inner.possible, ...added]),
      certain: new Set([...inner.certain, ...added]),
      values: new Map([...inner.values, ...Object.entries(only.labels)]),
    };
  }
  const made = CLOUD_MADE[name];
  if (made) return { possible: new Set(made), certain: new Set(made), values: new Map() };
  if (name === OUTLIER_SCORE)
    return { possible: new Set(SCORE_LABELS.possible), certain: new Set(SCORE_LABELS.certain), values: new Map() };
  const known = knownMetric(name);
  if (!known?.isOurs) return UNKNOWN;
  const job = jobOf(name);
  const own = FROM_OTHERS_TOO.test(name) ? [] : known.descriptor.labels;
  const certain = [...AGENT, ...own, ...(known.part === '_bucket' ? ['le'] : [])];
  return {
    possible: FROM_OTHERS_TOO.test(name) ? undefined : new Set([...certain, ...STAMPED]),
    certain: new Set(certain),
    values: new Map(job === undefined ? [] : [['job', job]]),
  };
}

/** Operators that choose among series and leave their labels alone. */
const CHOOSING: ReadonlySet<string> = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

function aggregated({ op, expr, grouping, without, parameter }: Aggregation, metrics: Metrics): KnownLabels {
  const inner = labelsOf(expr, metrics);
  if (CHOOSING.has(op)) return inner;
  const kept = without ? less(inner, grouping) : only(inner, grouping);
  const label = op === 'count_values' && parameter ? unwrap(parameter) : undefined;
  return label?.kind === 'string' ? more(kept, [label.value]) : kept;
}

function called({ name, args }: Call, metrics: Metrics): KnownLabels {
  const subject = args.find((arg) => typeOf(arg) === 'vector' || typeOf(arg) === 'matrix');
  if (!subject || name === 'scalar') return NONE;
  const inner = labelsOf(subject, metrics);
  switch (name) {
    case 'absent':
    case 'absent_over_time': {
      // Of a selector the labels that it demands; of anything else none.
      const selector = unwrap(subject);
      const { values } = selector.kind === 'range' || selector.kind === 'selector' ? inner : NONE;
      const demanded = selector.kind === 'range' ? selector.selector : selector;
      const names =
        demanded.kind === 'selector' ? demanded.matchers.filter(({ op }) => op === '=').map((one) => one.name) : [];
      const present = new Set(names.filter((label) => values.has(label)));
      return { possible: present, certain: present, values: new Map() };
    }
    case 'label_replace':
    case 'label_join': {
      const target = args[1];
      return target?.kind === 'string' ? more(less(inner, [target.value], false), [target.value], false) : UNKNOWN;
    }
    case 'histogram_quantile':
    case 'histogram_fraction':
      return less(inner, ['le']);
    case 'histogram_quantiles':
    case 'info':
      return UNKNOWN;
    default:
      return inner;
  }
}

function joined({ op, left, right, matching }: Binary, metrics: Metrics): KnownLabels {
  const a = labelsOf(left, metrics);
  const b = labelsOf(right, metrics);
  if (typeOf(left) === 'scalar') return b;
  if (typeOf(right) === 'scalar' || op === 'and' || op === 'unless') return a;
  if (op === 'or') {
    return {
      possible: a.possible && b.possible && new Set([...a.possible, ...b.possible]),
      certain: new Set([...a.certain].filter((label) => b.certain.has(label))),
      values: new Map([...a.values].filter(([label, value]) => b.values.get(label) === value)),
    };
  }
  if (matching.cardinality === 'many-to-one') return withIncluded(a, b, matching.include);
  if (matching.cardinality === 'one-to-many') return withIncluded(b, a, matching.include);
  return matching.on ? only(a, matching.labels) : less(a, matching.labels);
}

/** Labels of the "many" side, and those that it takes over from the "one": what that has not, the result loses. */
function withIncluded(many: KnownLabels, one: KnownLabels, include: readonly string[]): KnownLabels {
  const brought = include.filter((label) => one.certain.has(label));
  return more(more(less(many, include, false), include, false), brought);
}

function only({ possible, certain, values }: KnownLabels, labels: readonly string[]): KnownLabels {
  const kept = new Set(labels);
  return {
    possible: possible ? new Set([...possible].filter((label) => kept.has(label))) : kept,
    certain: new Set([...certain].filter((label) => kept.has(label))),
    values: new Map([...values].filter(([label]) => kept.has(label))),
  };
}

function less({ possible, certain, values }: KnownLabels, labels: readonly string[], goes = true): KnownLabels {
  const isLeft = (label: string): boolean => !labels.includes(label);
  return {
    possible: possible && goes ? new Set([...possible].filter(isLeft)) : possible,
    certain: new Set([...certain].filter(isLeft)),
    values: new Map([...values].filter(([label]) => isLeft(label))),
  };
}

function more({ possible, certain, values }: KnownLabels, labels: readonly string[], isCertain = true): KnownLabels {
  return {
    possible: possible && new Set([...possible, ...labels]),
    certain: isCertain ? new Set([...certain, ...labels]) : certain,
    values: new Map([...values].filter(([label]) => isCertain || !labels.includes(label))),
  };
}

import type { ValueType } from './ast.ts';

/** What a function takes and gives: the whole table, so that a rule is checked without being evaluated. */
export interface Signature {
  readonly args: readonly ValueType[];
  /** The last argument may be left out (`-1` in Prometheus' terms: repeated any number of times). */
  readonly variadic: 'no' | 'optional' | 'repeated' | number;
  readonly returns: ValueType;
}

function signature(args: readonly ValueType[], returns: ValueType, variadic: Signature['variadic'] = 'no'): Signature {
  return { args, returns, variadic };
}

function named(names: string, value: Signature): Record<string, Signature> {
  return Object.fromEntries(names.split(' ').map((name) => [name, value]));
}

export const signatures: Readonly<Record<string, Signature>> = {
  ...named(
    'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn sin sinh sqrt tan tanh ' +
      'sort sort_desc timestamp histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar',
    signature(['vector'], 'vector'),
  ),
  ...named(
    'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate ' +
      'last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time ' +
      'stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time',
    signature(['matrix'], 'vector'),
  ),
  ...named(
    'day_of_month day_of_week day_of_year days_in_month hour minute month year',
    signature(['vector'], 'vector', 'optional'),
  ),
  ...named('clamp_max clamp_min', signature(['vector', 'scalar'], 'vector')),
  ...named('sort_by_label sort_by_label_desc', signature(['vector', 'string'], 'vector', 'repeated')),
  ...named('pi time start end step range', signature([], 'scalar')),
  ...named('min_of max_of', signature(['scalar', 'scalar'], 'scalar')),
  clamp: signature(['vector', 'scalar', 'scalar'], 'vector'),
  double_exponential_smoothing: signature(['matrix', 'scalar', 'scalar'], 'vector'),
  histogram_fraction: signature(['scalar', 'scalar', 'vector'], 'vector'),
  histogram_quantile: signature(['scalar', 'vector'], 'vector'),
  histogram_quantiles: signature(['vector', 'string', 'scalar', 'scalar'], 'vector', 9),
  info: signature(['vector', 'vector'], 'vector', 'optional'),
  label_join: signature(['vector', 'string', 'string', 'string'], 'vector', 'repeated'),
  label_replace: signature(['vector', 'string', 'string', 'string', 'string'], 'vector'),
  predict_linear: signature(['matrix', 'scalar'], 'vector'),
  quantile_over_time: signature(['scalar', 'matrix'], 'vector'),
  round: signature(['vector', 'scalar'], 'vector', 'optional'),
  scalar: signature(['vector'], 'scalar'),
  vector: signature(['scalar'], 'vector'),
};

/** Fewest and most arguments of a function. */
export function arity({ args, variadic }: Signature): { least: number; most: number } {
  if (variadic === 'no') return { least: args.length, most: args.length };
  if (variadic === 'optional') return { least: args.length - 1, most: args.length };
  if (variadic === 'repeated') return { least: args.length - 1, most: Number.POSITIVE_INFINITY };
  return { least: args.length - 1, most: args.length - 1 + variadic };
}

/** The type the `i`-th argument must have; the last one repeats. */
export function argumentType({ args }: Signature, i: number): ValueType {
  return args[Math.min(i, args.length - 1)] ?? 'vector';
}

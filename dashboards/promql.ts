import { THING_VARIABLE } from './macros.ts';

/** `metric{label="value", thing=~"$thing"}` */
export function selector(metric: string, where: Readonly<Record<string, string>> = {}): string {
  const matchers = Object.entries(where).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${metric}{${[...matchers, `${THING_VARIABLE}=~"$${THING_VARIABLE}"`].join(', ')}}`;
}

/** `sum by (a, b) (expression)`; without labels, over everything. */
export function aggregate(operator: string, by: readonly string[], expression: string): string {
  return by.length === 0 ? `${operator}(${expression})` : `${operator} by (${by.join(', ')}) (${expression})`;
}

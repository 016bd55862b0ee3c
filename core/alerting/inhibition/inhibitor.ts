import type { Labels } from '../../metrics/model.ts';
import { type Matcher, matches } from '../../promql/matchers.ts';

/** While an alert that matches `sourceMatchers` fires, nobody is told of those that match `targetMatchers`. */
export interface InhibitRule {
  readonly sourceMatchers: readonly Matcher[];
  readonly targetMatchers: readonly Matcher[];
  /** Labels that must be equal in source and target; one that both lack is equal. */
  readonly equal: readonly string[];
}

/** An alert that may inhibit others. Only firing ones do. */
export interface SourceAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
}

/**
 * Finds what inhibits an alert, as Alertmanager does. An alert that matches both sides of a rule is inhibited only by
 * sources that do not, so it never inhibits itself, nor two such alerts each other.
 *
 * Prepares per rule the sources by the values of `equal`, so that a storm of alerts costs one look-up each.
 * @param firing every alert that fires, whatever its route
 * @returns fingerprints of the sources that inhibit an alert; empty when it is not inhibited
 */
export function inhibitor(
  rules: readonly InhibitRule[],
  firing: readonly SourceAlert[],
): (labels: Labels) => readonly string[] {
  const prepared = rules.map((rule) => {
    const sources = new Map<string, { fingerprint: string; isTwoSided: boolean }[]>();
    for (const { fingerprint, labels } of firing) {
      if (!matches(labels, rule.sourceMatchers)) continue;
      const key = keyOf(rule, labels);
      const isTwoSided = matches(labels, rule.targetMatchers);
      const same = sources.get(key) ?? [];
      same.push({ fingerprint, isTwoSided });
      sources.set(key, same);
    }
    return { rule, sources };
  });
  return (labels) =>
    prepared.flatMap(({ rule, sources }) => {
      if (!matches(labels, rule.targetMatchers)) return [];
      const candidates = sources.get(keyOf(rule, labels)) ?? [];
      const excludesTwoSided = matches(labels, rule.sourceMatchers);
      return candidates
        .filter(({ isTwoSided }) => !(excludesTwoSided && isTwoSided))
        .map(({ fingerprint }) => fingerprint);
    });
}

function keyOf({ equal }: InhibitRule, labels: Labels): string {
  return JSON.stringify(equal.map((name) => labels[name] ?? ''));
}

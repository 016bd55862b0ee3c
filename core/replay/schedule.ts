import { walk } from '../promql/ast.ts';
import { type Matcher, matcher, matches } from '../promql/matchers.ts';
import type { Rule, RuleGroup } from '../rules/model.ts';
import { watermarkOf } from '../rules/watermark.ts';

/** When the groups are evaluated, and how many evaluations may be done in one go. */

export interface Times {
  readonly fromMs: number;
  /** Inclusive. */
  readonly toMs: number;
}

/** `[startMs, endMs)`. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Evaluations of one rule done in one go: their columns fit the caches of a core. */
const CHUNK_STEPS = 1024;

/** What a rule writes; alerting rules only where somebody reads it. */
function written(rule: Rule): readonly string[] {
  return rule.kind === 'recording' ? [rule.name] : ['ALERTS', 'ALERTS_FOR_STATE'];
}

function selections(rule: Rule): readonly (readonly Matcher[])[] {
  return [...walk(rule.query)].flatMap((node) => (node.kind === 'selector' ? [node.matchers] : []));
}

function mayFind(matchers: readonly Matcher[], name: string): boolean {
  const ofName = matchers.filter((one) => one.name === '__name__');
  return matches({ __name__: name }, ofName.length > 0 ? ofName : [matcher('__name__', '=', name)]);
}

/** Whether any rule looks at `ALERTS` or `ALERTS_FOR_STATE`. */
export function readsAlerts(groups: readonly RuleGroup[]): boolean {
  return groups.some(({ rules }) =>
    rules.some((rule) => selections(rule).some((m) => mayFind(m, 'ALERTS') || mayFind(m, 'ALERTS_FOR_STATE'))),
  );
}

/**
 * The rule that reads what a later rule, or itself, writes, or one that looks at a time further back: it sees what was
 * written the time before, so evaluations cannot be done in one go. Undefined: there is none.
 */
export function loopIn(groups: readonly RuleGroup[]): Rule | undefined {
  const rules = groups.flatMap((group) => group.rules.map((rule) => ({ rule, behindMs: watermarkOf(group, rule) })));
  const found = rules.find(({ rule, behindMs }, i) => {
    const writers = rules.filter((other, j) => j >= i || other.behindMs > behindMs);
    const names = new Set(writers.flatMap((writer) => written(writer.rule)));
    return selections(rule).some((matchers) => [...names].some((name) => mayFind(matchers, name)));
  });
  return found?.rule;
}

/** Cuts the time into spans that are evaluated one after the other, each rule at all its times within the span. */
export function* spans(intervals: readonly number[], { fromMs, toMs }: Times, isStepByStep: boolean): Generator<Span> {
  if (!isStepByStep) {
    const lengthMs = CHUNK_STEPS * Math.max(1, ...intervals);
    for (let startMs = fromMs; startMs <= toMs; startMs += lengthMs) {
      yield { startMs, endMs: Math.min(startMs + lengthMs, toMs + 1) };
    }
    return;
  }
  for (let startMs = fromMs; startMs <= toMs; ) {
    const nextMs = Math.min(...intervals.map((ms) => startMs + ms - ((startMs - fromMs) % ms)));
    yield { startMs, endMs: Math.min(nextMs, toMs + 1) };
    startMs = nextMs;
  }
}

/** The times of a group within a span, in pieces of at most `CHUNK_STEPS`. */
export function* chunks({ startMs, endMs }: Span, fromMs: number, intervalMs: number): Generator<[number, number]> {
  let firstMs = fromMs + Math.ceil((startMs - fromMs) / intervalMs) * intervalMs;
  while (firstMs < endMs) {
    const count = Math.min(CHUNK_STEPS, Math.ceil((endMs - firstMs) / intervalMs));
    yield [firstMs, count];
    firstMs += count * intervalMs;
  }
}

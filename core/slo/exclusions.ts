import type { Exclusion } from './model.ts';

const SLOT_MS = 300_000;
const SLOT_MINUTES = 5;
const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** PromQL's clock is UTC; Sunday 00:00 is minute 0 of a week. */
const MINUTE_OF_WEEK = 'day_of_week() * 1440 + hour() * 60 + minute()';

/**
 * An expression without labels that has a value while an exclusion holds; undefined without exclusions. A slot of five
 * minutes that ends at t is excluded when it overlaps: a little more is left out, never a little less.
 */
export function exclusionExpression(exclusions: readonly Exclusion[]): string | undefined {
  const parts = exclusions.flatMap((exclusion) =>
    exclusion.kind === 'once'
      ? [between('vector(time())', exclusion.fromMs / 1000, (exclusion.toMs + SLOT_MS) / 1000)]
      : exclusion.days.flatMap((day) => {
          const from = day * DAY_MINUTES + exclusion.fromMinute;
          const to = day * DAY_MINUTES + exclusion.toMinute + SLOT_MINUTES;
          // Saturday's last slot ends on Sunday.
          const rest = to > WEEK_MINUTES ? [between(MINUTE_OF_WEEK, 0, to - WEEK_MINUTES)] : [];
          return [between(MINUTE_OF_WEEK, from, Math.min(to, WEEK_MINUTES)), ...rest];
        }),
  );
  return parts.length === 0 ? undefined : parts.join(' or ');
}

/** `above < x < below`: the slot that ends when an exclusion begins lies before it. */
function between(what: string, above: number, below: number): string {
  return `((${what}) > ${above} < ${below})`;
}

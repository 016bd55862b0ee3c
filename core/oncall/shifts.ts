import type { Schedule } from './config.ts';
import { type OnCall, onCallAt } from './on-call.ts';
import { boundaries, type Interval } from './rotation.ts';

/** A time during which the same people are on call for the same reason. */
export type Shift = Interval & OnCall;

/** Somebody else is on call from here on. */
export interface Handover {
  readonly atMs: number;
  /** Empty: nobody was. */
  readonly from: readonly string[];
  /** Empty: nobody is. */
  readonly to: readonly string[];
  readonly because: OnCall['because'];
}

/**
 * The shifts from `fromMs` to `untilMs`, in order: each begins where the one before ends, the first at `fromMs`. Those
 * with nobody are among them.
 */
export function shifts(schedule: Schedule, fromMs: number, untilMs: number): Shift[] {
  const range = { fromMs, untilMs };
  const times = new Set([fromMs]);
  for (const rotation of schedule.rotations) {
    for (const timeMs of boundaries(rotation, schedule.timeZone, range)) times.add(timeMs);
  }
  for (const bound of schedule.overrides.flatMap((override) => [override.fromMs, override.toMs])) {
    if (fromMs <= bound && bound < untilMs) times.add(bound);
  }
  const inOrder = [...times].sort((a, b) => a - b);
  const found: Shift[] = [];
  inOrder.forEach((timeMs, i) => {
    const end = inOrder[i + 1] ?? untilMs;
    const { people, because } = onCallAt(schedule, timeMs);
    const last = found.at(-1);
    if (last && sameReason(last, { people, because })) found[found.length - 1] = { ...last, untilMs: end };
    else found.push({ fromMs: timeMs, untilMs: end, people, because });
  });
  return found;
}

/** When somebody else comes on call, or nobody, after `fromMs` and before `untilMs`. */
export function handovers(schedule: Schedule, fromMs: number, untilMs: number): Handover[] {
  const found: Handover[] = [];
  let before: Shift | undefined;
  for (const shift of shifts(schedule, fromMs, untilMs)) {
    if (before && !samePeople(before, shift)) {
      found.push({ atMs: shift.fromMs, from: before.people, to: shift.people, because: shift.because });
    }
    before = shift;
  }
  return found;
}

/** When nobody is on call. */
export function gaps(schedule: Schedule, fromMs: number, untilMs: number): Interval[] {
  return shifts(schedule, fromMs, untilMs)
    .filter(({ people }) => people.length === 0)
    .map((gap) => ({ fromMs: gap.fromMs, untilMs: gap.untilMs }));
}

function samePeople(a: OnCall, b: OnCall): boolean {
  return a.people.length === b.people.length && a.people.every((person) => b.people.includes(person));
}

function sameReason(a: OnCall, b: OnCall): boolean {
  if (!samePeople(a, b) || a.because.kind !== b.because.kind) return false;
  if (a.because.kind === 'override' && b.because.kind === 'override') return a.because.reason === b.because.reason;
  if (a.because.kind === 'rotation' && b.because.kind === 'rotation') return a.because.rotation === b.because.rotation;
  return true;
}

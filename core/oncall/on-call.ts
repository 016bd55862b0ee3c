import type { Override, Schedule } from './config.ts';
import { hoursAt, turnAt } from './rotation.ts';

/** Why somebody is on call, or why nobody is. */
export type Because =
  | { readonly kind: 'override'; readonly reason: string; readonly fromMs: number; readonly untilMs: number }
  /** The turn, cut to the hours of the rotation's restriction. */
  | { readonly kind: 'rotation'; readonly rotation: string; readonly fromMs: number; readonly untilMs: number }
  | { readonly kind: 'nobody' };

/** Who is on call. */
export interface OnCall {
  /** Handles; empty when nobody is. */
  readonly people: readonly string[];
  readonly because: Because;
}

/** Who is on call at this time, and why: an override, else the last rotation that is on at this time. */
export function onCallAt(schedule: Schedule, timeMs: number): OnCall {
  const override = schedule.overrides.findLast(({ fromMs, toMs }) => fromMs <= timeMs && timeMs < toMs);
  return override ? byOverride(override) : byRotation(schedule, timeMs);
}

function byOverride({ person, reason, fromMs, toMs }: Override): OnCall {
  return { people: [person], because: { kind: 'override', reason, fromMs, untilMs: toMs } };
}

/** Who would be on call without overrides. */
export function byRotation({ rotations, timeZone }: Schedule, timeMs: number): OnCall {
  for (const rotation of rotations.toReversed()) {
    const hours = hoursAt(rotation, timeZone, timeMs);
    const turn = hours && turnAt(rotation, timeZone, timeMs);
    if (!turn) continue;
    const fromMs = Math.max(hours.fromMs, turn.fromMs);
    const untilMs = Math.min(hours.untilMs, turn.untilMs);
    return { people: [turn.person], because: { kind: 'rotation', rotation: rotation.name, fromMs, untilMs } };
  }
  return { people: [], because: { kind: 'nobody' } };
}

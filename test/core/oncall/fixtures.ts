import type { Rotation, Schedule } from '../../../core/oncall/config.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const at = (text: string): number => Date.parse(text);

/** A daily rotation of two from 5 January 2026, 09:00. */
export function rotation(changes: Partial<Rotation> = {}): Rotation {
  const people = ['ada', 'grace'];
  const startLocalMs = at('2026-01-05T09:00:00Z');
  return { name: 'daily', people, startLocalMs, turnLocalMs: DAY_MS, restrictions: [], ...changes };
}

export function schedule(changes: Partial<Schedule> = {}): Schedule {
  return { name: 'devices', timeZone: 'Europe/Berlin', rotations: [rotation()], overrides: [], ...changes };
}

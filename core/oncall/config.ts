import type { Channel } from '../escalation/policy.ts';
import type { Limit } from './budget.ts';

/** Somebody who can be told. The addresses are in the channels secret, under `people.<name>`. */
export interface Person {
  /** A handle. */
  readonly name: string;
  readonly timeZone: string;
  /** The first is used; the next where it refuses or has no budget left. Never empty. */
  readonly channels: readonly Channel[];
  /** How much each of the channels may carry to this person. Empty: as much as there is. */
  readonly budget: ReadonlyMap<Channel, readonly Limit[]>;
}

/** Hours of a day of the schedule's zone on some weekdays. */
export interface Restriction {
  /** 0 is Sunday. The weekday is that of the beginning: Friday 18:00-08:00 ends on Saturday. */
  readonly weekdays: readonly number[];
  /** Minutes since midnight; one that is not after `fromMinute` is on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** People who take turns: a layer of a schedule. */
export interface Rotation {
  readonly name: string;
  /** In order; the first has the first turn. Never empty. */
  readonly people: readonly string[];
  /** When the first turn begins, as a local time of the schedule's zone (see time-zone.ts). */
  readonly startLocalMs: number;
  /** How long a turn is on the clocks of the zone: a day is 24 hours on each day of the year. */
  readonly turnLocalMs: number;
  /** On call within any of these; empty: always. */
  readonly restrictions: readonly Restriction[];
}

/** Somebody stands in. */
export interface Override {
  readonly person: string;
  readonly fromMs: number;
  /** No longer at this time. */
  readonly toMs: number;
  readonly reason: string;
}

export interface Schedule {
  readonly name: string;
  readonly timeZone: string;
  /** A later one covers those before it. */
  readonly rotations: readonly Rotation[];
  /** A later one covers those before it, and each covers all rotations. */
  readonly overrides: readonly Override[];
}

/** What oncall.yaml says. */
export interface OncallConfig {
  readonly people: ReadonlyMap<string, Person>;
  readonly schedules: ReadonlyMap<string, Schedule>;
  /** Each with its place; the file is valid nevertheless. */
  readonly warnings: readonly string[];
}

/** Where there is no oncall.yaml. */
export const NO_ONCALL: OncallConfig = { people: new Map(), schedules: new Map(), warnings: [] };

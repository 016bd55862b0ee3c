import type { Labels } from '../metrics/model.ts';
import type { ActionName, Target } from './action.ts';
import type { Reason } from './reasons.ts';

/** An alert that healing is asked about. */
export interface OfferedAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly status: string;
  readonly firedAtMs: number;
  /** Ids of its groups: they hold the page, and learn what became of it. */
  readonly groups: readonly string[];
  /** The page waits until then at most. */
  readonly holdUntilMs: number;
}

/** One try. */
export interface Attempt {
  readonly id: string;
  readonly number: number;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** No outcome by then counts as a failure. */
  readonly deadlineMs: number;
  readonly acceptedAtMs?: number;
}

/** A try that did not help. */
export interface Failure {
  readonly atMs: number;
  readonly id: string;
  /** For people: what was looked for and what was seen. */
  readonly text: string;
}

export type HealingStatus =
  | 'shadow'
  | 'refused'
  | 'deferred'
  | 'awaits-approval'
  | 'under-way'
  | 'verified'
  | 'ended'
  | 'frozen';

/** Everything known of an action at a target. */
export interface HealingRecord {
  readonly key: string;
  readonly target: Target;
  readonly action: ActionName;
  readonly status: HealingStatus;
  readonly reason: Reason;
  readonly sinceMs: number;
  /** The alerts it is about. */
  readonly alerts: readonly OfferedAlert[];
  readonly attempt?: Attempt;
  /** In a row, since it last helped or was thawed. */
  readonly failures: readonly Failure[];
}

/** A try as the budgets count it. */
export interface Spent {
  readonly id: string;
  readonly key: string;
  readonly action: ActionName;
  readonly atMs: number;
  /** It is under way until then at most. */
  readonly deadlineMs: number;
  readonly endedAtMs?: number;
  readonly shadow: boolean;
}

/** A function keeps each record and the list of what was spent as a document of its own, and steps on what it loaded. */
export interface HealingState {
  readonly records: Readonly<Record<string, HealingRecord>>;
  readonly spent: readonly Spent[];
}

export const NO_HEALING_YET: HealingState = { records: {}, spent: [] };

/** What a group of alerts knows of the healing of one of its alerts. */
export interface GroupHealing {
  readonly action: ActionName;
  readonly target: Target;
  readonly phase: 'offered' | 'under-way' | 'verified' | 'over';
  readonly holdUntilMs: number;
  /** When it ended without having helped: the page is due. */
  readonly overAtMs?: number;
  /** For the message: what was tried and what was seen. */
  readonly summary: string;
}

/** A line for the audit log. */
export interface HealingAudit {
  readonly atMs: number;
  /** `healing`, or who approved or thawed. */
  readonly actor: string;
  readonly action: ActionName;
  /** The target. */
  readonly subject: string;
  readonly reason: Reason;
  readonly detail: string;
}

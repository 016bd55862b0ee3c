import type { Labels } from '../metrics/model.ts';

export const ACTION_NAMES = [
  'reconnect-board',
  'restart-stream',
  'restart-component',
  'raise-publish-interval',
  'lower-publish-interval',
  'redrive-parked',
] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

/** What an action works on. */
export interface Target {
  readonly thing: string;
  /** Of the actions on one board. */
  readonly deviceId?: string;
}

/** What is done at a target: by the agent there, or (`redrive-parked`) by the function `heal`. */
export type Step =
  /** Ends the board's delivery and begins it again: its port is closed and opened. */
  | { readonly kind: 'reconnect-board' }
  /** The same without closing the port. */
  | { readonly kind: 'restart-stream' }
  /** The agent exits with a code upon which its supervisor starts it again. */
  | { readonly kind: 'restart-component' }
  /** Begins the board's delivery if it has ended; changes nothing otherwise. */
  | { readonly kind: 'ensure-board-started' }
  /** Publishes every `seconds` for `forSeconds`, then as configured. */
  | { readonly kind: 'set-publish-interval'; readonly seconds: number; readonly forSeconds: number }
  | { readonly kind: 'restore-publish-interval' }
  /** Hands messages that were parked as unreadable to `ingest` once more, the oldest first. */
  | { readonly kind: 'redrive-parked'; readonly most: number }
  /** `ingest` parks again what it still cannot read: the copies that were kept are removed. */
  | { readonly kind: 'leave-parked' };

/** What must be seen afterwards, or it did not help. */
export type Verification =
  | {
      readonly kind: 'promql';
      /** Has a result at every second of the window; evaluated in the agent, on its own series. */
      readonly expr: string;
      readonly holdsForMs: number;
      /** Both the waiting for the window and the window. */
      readonly withinMs: number;
    }
  /** None of the messages that were handed over is parked again within the window. */
  | { readonly kind: 'parked-again'; readonly withinMs: number };

/** Something that the system may do by itself. Without a way to verify it and one to undo it, it is none. */
export interface HealingAction {
  readonly name: ActionName;
  /** What it does, for people. */
  readonly summary: string;
  readonly runs: 'edge' | 'cloud';
  /** Why it makes no sense for this alert; undefined when it does. */
  readonly precondition: (alert: { readonly labels: Labels; readonly status: string }) => string | undefined;
  /** What the alert is about; undefined when its labels do not say. */
  readonly target: (labels: Labels) => Target | undefined;
  /** What it touches, and how many of them at once in the fleet: more have a cause that this does not heal. */
  readonly blastRadius: { readonly touches: string; readonly atOnce: number };
  /** Attempts within `withinMs`, of one target and of all. rules/healing.yaml may allow less, not more. */
  readonly budget: { readonly perTarget: number; readonly fleet: number; readonly withinMs: number };
  readonly apply: Step;
  readonly verify: (target: Target) => Verification;
  readonly rollback: { readonly restores: string; readonly step: Step };
  /** After so many attempts in a row that did not help it is frozen until a person thaws it. */
  readonly futilityAfter: 2;
  readonly approver: 'nobody' | 'person';
  /** Interrupts the signal of a session: never while one is live, unless its owner agreed. */
  readonly touchesAcquisition: boolean;
}

/** `lab-1/headset-1`, or `lab-1`. A device's name may hold anything but is never split again. */
export function formatTarget({ thing, deviceId }: Target): string {
  return deviceId === undefined ? thing : `${thing}/${deviceId}`;
}

/** Identity of what is counted, verified and frozen: an action at a target. */
export function healingKey(target: Target, action: ActionName): string {
  return `${formatTarget(target)}#${action}`;
}

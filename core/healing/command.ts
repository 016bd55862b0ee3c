import { ACTION_NAMES, type ActionName, type Target } from './action.ts';

/** To the agent: do this, unless it is too late. The agent knows by itself how each action is done and verified. */
export interface HealCommand {
  readonly command: 'heal';
  /** Done once, however often it arrives. */
  readonly id: string;
  readonly action: ActionName;
  readonly target: Target;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export const REFUSALS = {
  expired: 'the command came too late',
  'clock-skew': 'the command comes from the future: a clock is wrong',
  'other-target': 'the target is not here',
  'live-session': 'a session is live and its owner has not agreed',
  busy: 'another action is under way here',
  'not-supported': 'the board cannot do this',
} as const;
export type Refusal = keyof typeof REFUSALS;

/** What the verification saw. */
export interface Evidence {
  readonly expr: string;
  readonly holdsForMs: number;
  /** The longest time without a break that the expression held. */
  readonly heldForMs: number;
  /** The last ten looks, oldest first; null where the expression had no result. */
  readonly values: readonly { readonly atMs: number; readonly value: number | null }[];
}

/** From the agent: what became of a command. `done` and `failed` come after the verification. */
export interface HealResult {
  readonly id: string;
  readonly action: ActionName;
  readonly deviceId?: string;
  readonly status: 'accepted' | 'refused' | 'done' | 'failed';
  readonly atMs: number;
  readonly refusal?: Refusal;
  /** What went wrong, for people. */
  readonly problem?: string;
  readonly evidence?: Evidence;
}

/** A command older than this by its own times is refused, whatever it says: nobody needs longer. */
export const LONGEST_VALID_MS = 300_000;

/** @returns the command, or what is wrong with it */
export function readCommand(value: unknown): HealCommand | string {
  const { id, action, target, issuedAtMs, expiresAtMs } = fieldsOf(value);
  const { thing, deviceId } = fieldsOf(target);
  if (typeof id !== 'string' || id === '' || id.length > 64) return `id is ${show(id)}; it must be a short text`;
  if (!isAction(action)) return `action is ${show(action)}; it must be one of ${ACTION_NAMES.join(', ')}`;
  if (typeof thing !== 'string' || (deviceId !== undefined && typeof deviceId !== 'string')) {
    return `target is ${show(target)}; it must have thing, and may have deviceId`;
  }
  if (!isTime(issuedAtMs) || !isTime(expiresAtMs) || expiresAtMs <= issuedAtMs) {
    return `issuedAtMs ${show(issuedAtMs)} and expiresAtMs ${show(expiresAtMs)} must be epoch milliseconds in this order`;
  }
  return {
    command: 'heal',
    id,
    action,
    target: { thing, ...(deviceId === undefined ? {} : { deviceId }) },
    issuedAtMs,
    expiresAtMs: Math.min(expiresAtMs, issuedAtMs + LONGEST_VALID_MS),
  };
}

const STATUSES = ['accepted', 'refused', 'done', 'failed'] as const;
const MOST_VALUES = 10;

/** Reads what an agent answered; nothing in it is believed unread. @returns the result, or what is wrong with it */
export function readResult(value: unknown): HealResult | string {
  const { id, action, deviceId, status, atMs, refusal, problem, evidence } = fieldsOf(value);
  const known = STATUSES.find((one) => one === status);
  if (typeof id !== 'string' || id === '' || id.length > 64) return `id is ${show(id)}; it must be a short text`;
  if (!isAction(action)) return `action is ${show(action)}; it must be one of ${ACTION_NAMES.join(', ')}`;
  if (known === undefined) return `status is ${show(status)}; it must be one of ${STATUSES.join(', ')}`;
  if (!isTime(atMs)) return `atMs is ${show(atMs)}; it must be epoch milliseconds`;
  const seen = readEvidence(evidence);
  return {
    id,
    action,
    status: known,
    atMs,
    ...(typeof deviceId === 'string' ? { deviceId } : {}),
    ...(typeof refusal === 'string' && refusal in REFUSALS ? { refusal: refusal as Refusal } : {}),
    ...(typeof problem === 'string' ? { problem: problem.slice(0, 300) } : {}),
    ...(seen ? { evidence: seen } : {}),
  };
}

function readEvidence(value: unknown): Evidence | undefined {
  const { expr, holdsForMs, heldForMs, values } = fieldsOf(value);
  if (typeof expr !== 'string' || !isTime(holdsForMs) || !isTime(heldForMs) || !Array.isArray(values)) return undefined;
  const looks = values.slice(-MOST_VALUES).map((look: unknown) => {
    const { atMs, value: seen } = fieldsOf(look);
    return { atMs: Number(atMs), value: typeof seen === 'number' ? seen : null };
  });
  return { expr: expr.slice(0, 300), holdsForMs, heldForMs, values: looks };
}

/** One line for people: what was looked at, for how long it held, and what was last seen. */
export function describeEvidence({ expr, holdsForMs, heldForMs, values }: Evidence): string {
  const last = values.at(-1);
  const seen = last === undefined ? 'nothing was seen' : `last seen: ${last.value ?? 'no result'}`;
  return `${expr} held for ${heldForMs / 1000} s of ${holdsForMs / 1000} s, ${seen}`;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function isAction(value: unknown): value is ActionName {
  return ACTION_NAMES.some((name) => name === value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1e14;
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'missing';
}

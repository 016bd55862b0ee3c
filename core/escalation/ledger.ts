import { type GroupRecord, withLog } from './group.ts';
import type { Notification } from './notification.ts';

/**
 * What became of a notification. `sending`: handed over; if no outcome follows, it is sent again. `over-budget`: the
 * person has had as many as agreed; it waits.
 */
export interface SentEntry extends Omit<Notification, 'key'> {
  readonly status: 'sending' | 'delivered' | 'failed' | 'gave-up' | 'over-budget';
  readonly attempts: number;
  readonly atMs: number;
  /** When it may be tried again, should it need to be. */
  readonly notBeforeMs: number;
  /** What the channel calls the message, so that later ones can change it. */
  readonly receipt?: string;
}

/** What a channel answered. */
export interface Outcome {
  readonly status: 'delivered' | 'failed' | 'gave-up' | 'over-budget';
  /** For people, e.g. `202 Accepted` or `no answer within 5 s`. */
  readonly summary: string;
  /** See SentEntry. */
  readonly receipt?: string;
  /** The channel asked to be left alone until then, or the budget has room again. */
  readonly notBeforeMs?: number;
}

/** Pauses between attempts; the last one repeats. Each attempt is three tries of the state machine. */
const RETRY_AFTER_MS = [30_000, 60_000, 120_000, 300_000];
const MAX_ATTEMPTS = 8;
/** News of what is over is not worth more: the incident closes without. */
const MAX_ATTEMPTS_AFTERWARDS = 3;

function maxAttempts(kind: Notification['kind']): number {
  return kind === 'trigger' || kind === 'escalate' ? MAX_ATTEMPTS : MAX_ATTEMPTS_AFTERWARDS;
}

/** Whether nothing more will be done about it. */
export function isSettled(entry: SentEntry | undefined): boolean {
  return entry?.status === 'delivered' || entry?.status === 'gave-up';
}

/** Whether a page did not get through, for now at least, so that the next way or level must do. */
export function isUnreachable(status: SentEntry['status'] | undefined): boolean {
  return status === 'gave-up' || status === 'over-budget';
}

/** When a notification that is due may be sent; `Infinity` when it is settled. */
export function sendableAtMs(entry: SentEntry | undefined, dueMs: number): number {
  if (!entry) return dueMs;
  return isSettled(entry) ? Number.POSITIVE_INFINITY : Math.max(dueMs, entry.notBeforeMs);
}

/** Notes that notifications are being handed over, before they are: a crash in between costs at most one duplicate. */
export function markSending(group: GroupRecord, notifications: readonly Notification[], nowMs: number): GroupRecord {
  const sent: Record<string, SentEntry> = { ...group.sent };
  for (const { key, ...notification } of notifications) {
    const attempts = (sent[key]?.attempts ?? 0) + 1;
    const pause = RETRY_AFTER_MS[Math.min(attempts, RETRY_AFTER_MS.length) - 1] ?? 0;
    sent[key] = { ...notification, status: 'sending', attempts, atMs: nowMs, notBeforeMs: nowMs + pause };
  }
  return { ...group, sent };
}

/** Notes what a channel answered. An answer to a notification of an earlier generation is only logged. */
export function recordOutcome(
  group: GroupRecord,
  generation: number,
  { key, ...notification }: Notification,
  outcome: Outcome,
  nowMs: number,
): GroupRecord {
  const { kind, channel, person, level } = notification;
  const { status, summary, receipt = group.sent[key]?.receipt } = outcome;
  const to = person === undefined ? {} : { person };
  const logged = withLog(group, { atMs: nowMs, kind, channel, ...to, level, status, summary });
  const entry = group.sent[key];
  if (group.generation !== generation || !entry || entry.status === 'delivered') return logged;
  const known: SentEntry = {
    ...entry,
    status,
    atMs: nowMs,
    notBeforeMs: Math.max(entry.notBeforeMs, outcome.notBeforeMs ?? 0),
    // Not having been tried is no attempt.
    ...(status === 'over-budget' ? { attempts: entry.attempts - 1 } : {}),
    ...(receipt === undefined ? {} : { receipt }),
  };
  return { ...logged, sent: { ...logged.sent, [key]: known } };
}

/** Gives up what was tried often enough, and says so: a page that reached nobody must be seen. */
export function giveUpTheFailed(group: GroupRecord, nowMs: number): GroupRecord {
  let result = group;
  for (const [key, entry] of Object.entries(group.sent)) {
    if (isSettled(entry) || entry.attempts < maxAttempts(entry.kind) || entry.notBeforeMs > nowMs) continue;
    const { kind, channel, level, attempts } = entry;
    result = withLog(
      { ...result, sent: { ...result.sent, [key]: { ...entry, status: 'gave-up' } } },
      { atMs: nowMs, kind, channel, level, status: 'gave-up', summary: `gave up after ${attempts} attempts` },
    );
  }
  return result;
}

/** What the watcher watches: that heartbeats come, and that the acknowledge page answers from outside. */
export const WATCHED = ['heartbeat', 'page'] as const;
export type Watched = (typeof WATCHED)[number];

export interface WatchSettings {
  /** No heartbeat for so long, and people are told. */
  readonly silenceMs: number;
  /** The page may fail for so long: one lost request is no outage. */
  readonly pagePatienceMs: number;
  /** A watch to which no heartbeat ever came watches nothing: people are told that, too, after this time. */
  readonly connectWithinMs: number;
  /** As long as it lasts, people are told again. */
  readonly repeatMs: number;
}

/** Of one of the watched. */
export interface WatchState {
  readonly status: 'ok' | 'alarm';
  /** Since when it has been failing; absent while it does not. */
  readonly failingSinceMs?: number;
  /** The last time people were told of the alarm. */
  readonly toldAtMs?: number;
}

export interface DeadManState {
  /** The first look. */
  readonly startedAtMs: number;
  readonly watched: Readonly<Record<Watched, WatchState>>;
}

/** What one look saw. */
export interface Look {
  readonly heartbeatAtMs?: number;
  /** Whether the page answered; absent when no heartbeat has told yet where it is. */
  readonly page?: { readonly answers: boolean; readonly detail: string };
}

/** What people are told. */
export interface Told {
  readonly watched: Watched;
  readonly kind: 'alarm' | 'reminder' | 'over';
  /** One line of ASCII, at most 100 characters: it is the subject of a mail. */
  readonly subject: string;
  readonly text: string;
}

/**
 * Looks at the signs of life and says what people must be told. Once when something stops, again while it lasts, and once
 * when it is back.
 * @param before undefined at the first look
 */
export function judge(
  before: DeadManState | undefined,
  look: Look,
  nowMs: number,
  settings: WatchSettings,
  environment: string,
): { readonly state: DeadManState; readonly told: readonly Told[] } {
  const startedAtMs = before?.startedAtMs ?? nowMs;
  const told: Told[] = [];
  const watched = { heartbeat: OK, page: OK, ...before?.watched };
  for (const one of WATCHED) {
    const failure = failureOf(one, look, { startedAtMs, nowMs, failingSinceMs: watched[one].failingSinceMs }, settings);
    const [state, kind] = next(watched[one], failure, nowMs, settings);
    if (kind) told.push(words(one, kind, watched[one], failure, look, nowMs, environment));
    watched[one] = state;
  }
  return { state: { startedAtMs, watched }, told };
}

const OK: WatchState = { status: 'ok' };

interface Failure {
  readonly sinceMs: number;
  readonly patienceMs: number;
}

function failureOf(
  watched: Watched,
  { heartbeatAtMs, page }: Look,
  at: { startedAtMs: number; nowMs: number; failingSinceMs: number | undefined },
  { silenceMs, pagePatienceMs, connectWithinMs }: WatchSettings,
): Failure | undefined {
  if (watched === 'page') {
    if (!page || page.answers) return undefined;
    return { sinceMs: at.failingSinceMs ?? at.nowMs, patienceMs: pagePatienceMs };
  }
  if (heartbeatAtMs === undefined) return { sinceMs: at.startedAtMs, patienceMs: connectWithinMs };
  return at.nowMs - heartbeatAtMs >= silenceMs ? { sinceMs: heartbeatAtMs, patienceMs: silenceMs } : undefined;
}

function next(
  state: WatchState,
  failure: Failure | undefined,
  nowMs: number,
  { repeatMs }: WatchSettings,
): [WatchState, Told['kind']?] {
  if (!failure) return state.status === 'alarm' ? [OK, 'over'] : [OK];
  const failing = { ...state, failingSinceMs: failure.sinceMs };
  if (state.status === 'ok') {
    const isDue = nowMs - failure.sinceMs >= failure.patienceMs;
    return isDue ? [{ ...failing, status: 'alarm', toldAtMs: nowMs }, 'alarm'] : [failing];
  }
  const isDue = nowMs - (state.toldAtMs ?? 0) >= repeatMs;
  return isDue ? [{ ...failing, toldAtMs: nowMs }, 'reminder'] : [failing];
}

function words(
  watched: Watched,
  kind: Told['kind'],
  before: WatchState,
  failure: Failure | undefined,
  { heartbeatAtMs, page }: Look,
  nowMs: number,
  environment: string,
): Told {
  const sinceMs = failure?.sinceMs ?? before.failingSinceMs ?? nowMs;
  const since = `${new Date(sinceMs).toISOString().slice(0, 19)}Z`;
  const minutes = `${Math.max(1, Math.round((nowMs - sinceMs) / 60_000))} min`;
  const of = `NeuraScale Monitor ${environment}`;
  const still = kind === 'reminder' ? 'still ' : '';
  if (watched === 'page') {
    const gone = `${of}: the acknowledge page ${still}does not answer`;
    return kind === 'over'
      ? { watched, kind, subject: `${of}: the acknowledge page answers again`, text: `It did not for ${minutes}.` }
      : {
          watched,
          kind,
          subject: gone,
          text: `Since ${since} (${minutes}): ${page?.detail ?? ''}. Pages reach people, but nobody can acknowledge one by its link. See docs/runbook.md#watcher.`,
        };
  }
  if (kind === 'over') {
    const text = `No heartbeat came for ${minutes}, since ${since}. Look at which alerts were raised meanwhile.`;
    return { watched, kind, subject: `${of}: alerting works again`, text };
  }
  if (heartbeatAtMs === undefined) {
    const text = `The watcher runs since ${since}, and no heartbeat has ever come: nothing would tell that alerting is broken. Put its address and key into the channels secret: docs/deploy.md.`;
    return { watched, kind, subject: `${of}: the watcher is not connected`, text };
  }
  return {
    watched,
    kind,
    subject: `${of}: alerting is ${still}silent, alerts may not reach people`,
    text: `The last heartbeat was sent at ${since}, ${minutes} ago. The way from rules to people is broken somewhere: watch the devices yourself until it is back. See docs/runbook.md#watcher.`,
  };
}

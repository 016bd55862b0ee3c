import type { Suppression } from '../suppression.ts';
import { type GroupContent, type NotifyReason, needsUpdate } from './needs-update.ts';
import type { DispatchSettings, DispatchState, GroupAlert, NotifiedEntry } from './state.ts';

/** What one integration is to be told. */
export interface DispatchNotification {
  readonly integration: string;
  readonly reason: NotifyReason;
  /** Fingerprints of the alerts in the message. Without `send_resolved`, no resolved ones. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  /** Nothing to send: the integration does not want resolved alerts; only the log learns of the end. */
  readonly isLogOnly: boolean;
  /** What goes into the log once it is delivered: all that the group held, sent or not. */
  readonly entry: NotifiedEntry;
}

export interface SuppressedAlert extends Suppression {
  readonly fingerprint: string;
  readonly status: GroupAlert['status'];
}

export interface Flush {
  readonly notifications: readonly DispatchNotification[];
  readonly suppressed: readonly SuppressedAlert[];
  /** Resolved alerts, which leave the group when everything is delivered. */
  readonly resolved: readonly string[];
}

/** What keeps an alert from being told: see `suppressor` and `mutedBy`. */
export interface FlushFilters {
  readonly suppressionOf: (fingerprint: string) => Suppression | undefined;
  readonly muted: Suppression | undefined;
}

/**
 * What a group has to tell when its timer fires. Alertmanager's stages, in its order: inhibited, muted, silenced, then
 * per integration what it knows already. Sends nothing and changes nothing: `settle` takes the outcome.
 * @param alerts all of the group, by fingerprint
 */
export function flush(
  state: DispatchState,
  alerts: Readonly<Record<string, GroupAlert>>,
  settings: DispatchSettings,
  { suppressionOf, muted }: FlushFilters,
  nowMs: number,
): Flush {
  const suppressed: SuppressedAlert[] = [];
  const content: { firing: string[]; resolved: string[] } = { firing: [], resolved: [] };
  for (const fingerprint of Object.keys(alerts).sort()) {
    const { status } = alerts[fingerprint] as GroupAlert;
    const own = suppressionOf(fingerprint);
    const suppression = own?.reason === 'inhibited' ? own : (muted ?? own);
    if (suppression) suppressed.push({ ...suppression, fingerprint, status });
    else content[status === 'resolved' ? 'resolved' : 'firing'].push(fingerprint);
  }
  const { integrations, repeatIntervalMs } = settings;
  const isEmpty = content.firing.length + content.resolved.length === 0;
  const isRaised = content.firing.some((fingerprint) => state.inMaintenance?.includes(fingerprint));
  const notifications = (isEmpty ? [] : integrations).flatMap(({ key, sendResolved }) => {
    const reason =
      needsUpdate(state.notified[key], content, sendResolved, repeatIntervalMs, nowMs) ??
      (isRaised ? 'maintenance window closed' : undefined);
    return reason === undefined ? [] : [notificationOf(key, reason, content, sendResolved, nowMs)];
  });
  const resolved = Object.keys(alerts).filter((fingerprint) => alerts[fingerprint]?.status === 'resolved');
  return { notifications, suppressed, resolved: resolved.sort() };
}

function notificationOf(
  integration: string,
  reason: NotifyReason,
  content: GroupContent,
  sendResolved: boolean,
  nowMs: number,
): DispatchNotification {
  const { firing, resolved } = content;
  const entry = { firing, resolved, atMs: nowMs };
  const isLogOnly = !sendResolved && firing.length === 0;
  return { integration, reason, firing, resolved: sendResolved ? resolved : [], isLogOnly, entry };
}

export interface Settled {
  readonly state: DispatchState;
  /** Fingerprints that leave the group. */
  readonly forget: readonly string[];
}

/**
 * The group after a flush. Those who could not be told are not in the log, so the next flush tells them; until then the
 * resolved alerts stay, or nobody would learn of their end. A group without alerts ends.
 * @param alerts as they are now: one that fired again since the flush stays
 * @param failed keys of integrations that could not be told, for good
 * @param nowMs time of the flush; the next is on the grid of the group, however late this one was
 */
export function settle(
  state: DispatchState,
  { notifications, resolved, suppressed }: Flush,
  alerts: Readonly<Record<string, GroupAlert>>,
  { groupIntervalMs }: Pick<DispatchSettings, 'groupIntervalMs'>,
  failed: ReadonlySet<string>,
  nowMs: number,
): Settled {
  const delivered = notifications.filter(({ integration }) => !failed.has(integration));
  const entries = delivered.map(({ integration, entry }) => [integration, entry] as const);
  const notified = { ...state.notified, ...Object.fromEntries(entries) };
  const isAllDelivered = delivered.length === notifications.length;
  const forget = isAllDelivered ? resolved.filter((fingerprint) => alerts[fingerprint]?.status === 'resolved') : [];
  if (Object.keys(alerts).length === forget.length) return { state: { hasFlushed: false, notified }, forget };
  const held = suppressed.filter(({ isMaintenance }) => isMaintenance).map(({ fingerprint }) => fingerprint);
  // Until everybody who is to be told again has been.
  const unraised = isAllDelivered ? [] : (state.inMaintenance ?? []);
  const maintained = [...new Set([...held, ...unraised])];
  const inMaintenance = maintained.length > 0 ? { inMaintenance: maintained } : {};
  const missed = Math.floor(Math.max(nowMs - (state.nextFlushMs ?? nowMs), 0) / groupIntervalMs);
  const nextFlushMs = (state.nextFlushMs ?? nowMs) + (missed + 1) * groupIntervalMs;
  return { state: { nextFlushMs, hasFlushed: true, notified, ...inMaintenance }, forget };
}

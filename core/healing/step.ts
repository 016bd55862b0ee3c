import type { SessionReport } from '../alerting/session.ts';
import { formatTarget, type HealingAction, healingKey } from './action.ts';
import { ACTIONS } from './actions/index.ts';
import { type Intent, mayInterrupt, whyNot } from './checks.ts';
import { describeEvidence, REFUSALS } from './command.ts';
import { entryFor, type HealingConfig, type HealingEntry } from './config.ts';
import type { HealingEffect, HealingEvent, HealingResult } from './event.ts';
import { begin, end, launch } from './launch.ts';
import { REASONS, type Reason } from './reasons.ts';
import type { GroupHealing, HealingAudit, HealingRecord, HealingState, HealingStatus, OfferedAlert } from './record.ts';
import { tell } from './tell.ts';

export type { HealingEffect, HealingEvent, HealingResult } from './event.ts';

/**
 * Healing: what to do about an event. Pure. An alert that no entry covers changes nothing; of all others the record says
 * what was decided and why. The state is to be stored before the effects are done.
 */
export function healingStep(
  state: HealingState,
  config: HealingConfig,
  event: HealingEvent,
  nowMs: number,
): HealingResult {
  switch (event.kind) {
    case 'offered':
      return offered(state, config, event.alert, event.session, nowMs);
    case 'answered':
      return answered(state, config, event, nowMs);
    case 'looked':
      return looked(state, config, event, nowMs);
    case 'approved': {
      const record = state.records[event.key];
      if (record?.status !== 'awaits-approval') return nothing(state);
      const noted = note(record, 'approved', event.by, nowMs);
      if (!event.firing) return joined(settle(state, record, 'ended', 'resolved-meanwhile', nowMs), noted);
      return joined(attempt(state, config, record, { session: event.session, approved: true }, nowMs), noted);
    }
    case 'thawed': {
      const record = state.records[event.key];
      if (record?.status !== 'frozen') return nothing(state);
      const thawed: HealingRecord = { ...record, status: 'ended', reason: 'thawed', sinceMs: nowMs, failures: [] };
      return { state: withRecord(state, thawed), effects: [], audit: [note(record, 'thawed', event.by, nowMs)] };
    }
  }
}

function offered(
  state: HealingState,
  config: HealingConfig,
  alert: OfferedAlert,
  session: SessionReport | undefined,
  nowMs: number,
): HealingResult {
  const entry = entryFor(config, alert.labels);
  const target = entry && ACTIONS[entry.action].target(alert.labels);
  if (!entry || !target) return entry ? withoutTarget(state, entry, alert, nowMs) : nothing(state);
  const key = healingKey(target, entry.action);
  const before = state.records[key];
  if (before?.status === 'under-way') return joinAttempt(state, before, alert, nowMs);
  const record: HealingRecord = {
    key,
    target,
    action: entry.action,
    status: before?.status ?? 'ended',
    reason: before?.reason ?? 'issued',
    sinceMs: nowMs,
    alerts: [alert],
    failures: before?.failures ?? [],
  };
  // Delivered a second time: the groups may not have been told the first time.
  if (before?.alerts.some((known) => isSame(known, alert))) return { ...nothing(state), effects: tell(before, nowMs) };
  return attempt(state, config, record, { session, approved: false }, nowMs);
}

/** The alert does not say where; its page must not wait. */
function withoutTarget(state: HealingState, entry: HealingEntry, alert: OfferedAlert, nowMs: number): HealingResult {
  const healing: GroupHealing = {
    action: entry.action,
    target: { thing: alert.labels.thing ?? '' },
    phase: 'over',
    holdUntilMs: alert.holdUntilMs,
    overAtMs: nowMs,
    summary: `Healing (${entry.action}) did nothing: ${REASONS['no-target']}.`,
  };
  const effects: HealingEffect[] = [{ kind: 'tell', groups: alert.groups, fingerprint: alert.fingerprint, healing }];
  const subject = alert.labels.thing ?? alert.fingerprint;
  const audit = { atMs: nowMs, actor: 'healing', action: entry.action, subject, reason: 'no-target' as const };
  return { state, effects, audit: [{ ...audit, detail: alert.labels.alertname ?? '' }] };
}

/** One attempt serves all alerts about the same target. */
function joinAttempt(state: HealingState, before: HealingRecord, alert: OfferedAlert, nowMs: number): HealingResult {
  const isKnown = before.alerts.some((known) => isSame(known, alert));
  const record = isKnown ? before : { ...before, alerts: [...before.alerts, alert] };
  const repeated = isKnown && record.attempt?.acceptedAtMs === undefined ? launch(record) : [];
  return {
    state: isKnown ? state : withRecord(state, record),
    effects: [...repeated, ...tell(record, nowMs)],
    audit: isKnown ? [] : [note(record, 'joined', 'healing', nowMs)],
  };
}

/** Does it if it may be done, and says why not if not. */
function attempt(
  state: HealingState,
  config: HealingConfig,
  record: HealingRecord,
  { session, approved }: { session: SessionReport | undefined; approved: boolean },
  nowMs: number,
): HealingResult {
  const [alert] = record.alerts;
  const entry = alert && entryFor(config, alert.labels);
  // The file was changed meanwhile, and covers it no more.
  if (!alert || entry?.action !== record.action) return settle(state, record, 'ended', 'resolved-meanwhile', nowMs);
  const action = ACTIONS[record.action];
  const intent: Intent = { action, entry, target: record.target, alert, session, approved };
  const reason = whyNot(intent, state, nowMs);
  if (reason !== undefined) return settle(state, record, statusFor(reason), reason, nowMs);
  return entry.mode === 'shadow' ? shadow(state, record, action, nowMs) : issue(state, record, action, nowMs);
}

function statusFor(reason: Reason): HealingStatus {
  if (reason === 'live-session') return 'deferred';
  if (reason === 'awaits-approval') return 'awaits-approval';
  return reason === 'frozen' ? 'frozen' : 'refused';
}

function shadow(state: HealingState, record: HealingRecord, action: HealingAction, nowMs: number): HealingResult {
  const { state: spent } = begin(state, record, action, nowMs, true);
  return settle(spent, record, 'shadow', 'shadow', nowMs);
}

function issue(state: HealingState, record: HealingRecord, action: HealingAction, nowMs: number): HealingResult {
  const begun = begin(state, record, action, nowMs, false);
  const started: HealingRecord = {
    ...record,
    status: 'under-way',
    reason: 'issued',
    sinceMs: nowMs,
    attempt: begun.attempt,
  };
  return {
    state: withRecord(begun.state, started),
    effects: [...launch(started), ...tell(started, nowMs)],
    audit: [note(started, 'issued', 'healing', nowMs, `attempt ${begun.attempt.number}: ${action.summary}`)],
  };
}

function answered(
  state: HealingState,
  config: HealingConfig,
  { thing, result, firing, session }: Extract<HealingEvent, { kind: 'answered' }>,
  nowMs: number,
): HealingResult {
  const { id, action, deviceId, status } = result;
  const record = state.records[healingKey({ thing, ...(deviceId === undefined ? {} : { deviceId }) }, action)];
  // An outcome of another attempt than the one that is waited for is history.
  if (record?.status !== 'under-way' || record.attempt?.id !== id) return nothing(state);
  if (status === 'accepted') {
    const accepted = { ...record, attempt: { ...record.attempt, acceptedAtMs: nowMs } };
    return { state: withRecord(state, accepted), effects: [], audit: [note(record, 'accepted', 'healing', nowMs)] };
  }
  const ended = end(state, id, nowMs);
  const said = result.evidence ? describeEvidence(result.evidence) : (result.problem ?? '');
  if (status === 'done') return settle(ended, { ...record, failures: [] }, 'verified', 'verified', nowMs, said);
  if (status === 'refused') {
    const why = result.refusal ? REFUSALS[result.refusal] : (result.problem ?? 'no reason was given');
    const isLive = result.refusal === 'live-session';
    return settle(
      ended,
      record,
      isLive ? 'deferred' : 'refused',
      isLive ? 'live-session' : 'refused-by-agent',
      nowMs,
      why,
    );
  }
  const text = [result.problem, said].filter((part) => part).join('; ');
  return failed(ended, config, record, { reason: 'not-verified', text, firing, session }, nowMs);
}

interface FailedAttempt {
  readonly reason: 'not-verified' | 'no-answer';
  readonly text: string;
  readonly firing: boolean;
  readonly session: SessionReport | undefined;
}

/** Once more while the alert fires, until it is clear that it is futile. */
function failed(
  state: HealingState,
  config: HealingConfig,
  record: HealingRecord,
  { reason, text, firing, session }: FailedAttempt,
  nowMs: number,
): HealingResult {
  const failures = [...record.failures, { atMs: nowMs, id: record.attempt?.id ?? '', text: text || REASONS[reason] }];
  const noted = note(record, reason, 'healing', nowMs, text);
  const known = { ...record, failures };
  if (failures.length >= ACTIONS[record.action].futilityAfter) {
    return joined(settle(state, known, 'frozen', 'futile', nowMs), noted);
  }
  if (!firing) return joined(settle(state, known, 'ended', 'resolved-meanwhile', nowMs), noted);
  return joined(attempt(state, config, known, { session, approved: true }, nowMs), noted);
}

function looked(
  state: HealingState,
  config: HealingConfig,
  { key, firing, session }: Extract<HealingEvent, { kind: 'looked' }>,
  nowMs: number,
): HealingResult {
  const record = state.records[key];
  if (record?.status === 'under-way' && nowMs >= (record.attempt?.deadlineMs ?? 0)) {
    const ended = end(state, record.attempt?.id ?? '', nowMs);
    const text = record.attempt?.acceptedAtMs === undefined ? 'the command was not accepted' : REASONS['no-answer'];
    return failed(ended, config, record, { reason: 'no-answer', text, firing, session }, nowMs);
  }
  if (record?.status !== 'deferred') return nothing(state);
  if (!firing) return settle(state, record, 'ended', 'resolved-meanwhile', nowMs);
  const entry = record.alerts[0] && entryFor(config, record.alerts[0].labels);
  // Still live: said once is enough.
  if (!mayInterrupt(session, entry?.liveSession === 'consent')) return nothing(state);
  return attempt(state, config, record, { session, approved: false }, nowMs);
}

/** It is over for now, with a reason that its groups are told. */
function settle(
  state: HealingState,
  record: HealingRecord,
  status: HealingStatus,
  reason: Reason,
  nowMs: number,
  detail = '',
): HealingResult {
  const { attempt: _over, ...rest } = record;
  const settled: HealingRecord = { ...rest, status, reason, sinceMs: nowMs };
  return {
    state: withRecord(state, settled),
    effects: tell(settled, nowMs, detail),
    audit: [note(settled, reason, 'healing', nowMs, detail)],
  };
}

function note(record: HealingRecord, reason: Reason, actor: string, nowMs: number, detail = ''): HealingAudit {
  const { action, target } = record;
  return { atMs: nowMs, actor, action, subject: formatTarget(target), reason, detail: detail || REASONS[reason] };
}

function joined(result: HealingResult, before: HealingAudit): HealingResult {
  return { ...result, audit: [before, ...result.audit] };
}

function nothing(state: HealingState): HealingResult {
  return { state, effects: [], audit: [] };
}

function withRecord(state: HealingState, record: HealingRecord): HealingState {
  return { ...state, records: { ...state.records, [record.key]: record } };
}

function isSame(a: OfferedAlert, b: OfferedAlert): boolean {
  return a.fingerprint === b.fingerprint && a.firedAtMs === b.firedAtMs;
}

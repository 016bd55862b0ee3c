import { hashOf } from '../hash.ts';
import type { HealingAction } from './action.ts';
import { ACTIONS } from './actions/index.ts';
import type { HealingEffect } from './event.ts';
import type { Attempt, HealingRecord, HealingState, Spent } from './record.ts';

/** A command is accepted within this, or not at all: an agent that comes back later finds another world. */
const ACCEPT_WITHIN_MS = 20_000;
/** The outcome travels, too. */
const ANSWER_WITHIN_MS = 10_000;
/** What was spent is remembered for as long as any budget looks back, and a day is more than that. */
const REMEMBERED_MS = 86_400_000;

/** What starts the attempt of a record, or starts it again: the id makes it one. */
export function launch({ attempt, action, target }: HealingRecord): HealingEffect[] {
  if (!attempt) return [];
  const { id, issuedAtMs, expiresAtMs } = attempt;
  const { runs, apply } = ACTIONS[action];
  if (runs === 'cloud') return [{ kind: 'run', id, target, step: apply }];
  return [
    {
      kind: 'command',
      thing: target.thing,
      command: { command: 'heal', id, action, target, issuedAtMs, expiresAtMs },
    },
  ];
}

/** Counts a try in the budgets. */
export function begin(
  state: HealingState,
  record: HealingRecord,
  action: HealingAction,
  nowMs: number,
  shadow: boolean,
): { readonly state: HealingState; readonly attempt: Attempt } {
  const number = record.failures.length + 1;
  const id = hashOf(JSON.stringify([record.key, number, nowMs, record.alerts[0]?.fingerprint]), 16);
  const expiresAtMs = nowMs + ACCEPT_WITHIN_MS;
  const deadlineMs = expiresAtMs + action.verify(record.target).withinMs + ANSWER_WITHIN_MS;
  const spent: Spent = { id, key: record.key, action: action.name, atMs: nowMs, deadlineMs, shadow };
  const remembered = state.spent.filter(({ atMs }) => atMs > nowMs - REMEMBERED_MS);
  return {
    state: { ...state, spent: [...remembered, spent] },
    attempt: { id, number, issuedAtMs: nowMs, expiresAtMs, deadlineMs },
  };
}

/** It touches nothing any more; it stays spent. */
export function end(state: HealingState, id: string, nowMs: number): HealingState {
  return { ...state, spent: state.spent.map((one) => (one.id === id ? { ...one, endedAtMs: nowMs } : one)) };
}

/**
 * What the lab says about the session at a board. `live`: somebody is wired up and data are being taken. `paused`:
 * somebody is, and nothing is lost if the signal is interrupted. `none`: nobody is.
 */
export const SESSION_PHASES = ['live', 'paused', 'none'] as const;
export type SessionPhase = (typeof SESSION_PHASES)[number];

export interface SessionReport {
  /** A handle, never a person's name: the label `session_id`. */
  readonly id: string;
  readonly phase: SessionPhase;
  /** The owner of the session allows that its signal is interrupted while it is live. */
  readonly consent: boolean;
}

const ID = /^[\w.:-]{1,128}$/;

/** Reads what a lab's application or an agent said. @returns the session, or what is wrong with it */
export function readSession(value: unknown): SessionReport | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'a session must be an object';
  const { id, phase, consent = false } = value as Readonly<Record<string, unknown>>;
  const problems: string[] = [];
  const isPhase = SESSION_PHASES.some((known) => known === phase);
  if (typeof id !== 'string' || !ID.test(id)) {
    problems.push(`id is ${show(id)}; it must be 1 to 128 letters, digits, or any of _ . : -`);
  }
  if (!isPhase) problems.push(`phase is ${show(phase)}; it must be one of ${SESSION_PHASES.join(', ')}`);
  if (typeof consent !== 'boolean') problems.push(`consent is ${show(consent)}; it must be true or false`);
  if (problems.length > 0) return problems.join('; ');
  return { id: String(id), phase: phase as SessionPhase, consent: consent === true };
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'missing';
}

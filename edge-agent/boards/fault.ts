/** What can be made to go wrong with a board on purpose, as plain data: stories and commands send it as JSON. */

import { BoardError } from './board.ts';

export type Fault =
  /** An electrode comes off: the input floats to the rail and picks up the mains. */
  | { readonly kind: 'electrode-detached'; readonly channel: string }
  /**
   * The device falls silent, with its port open, and says nothing about it: until its stream is restarted, until it is
   * connected anew (which restarts its stream, too), or, without `until`, whatever is done short of clearing the fault.
   */
  | { readonly kind: 'stall'; readonly until?: StallEnd }
  /** The radio loses samples, in bursts: `share` of all, above 0 and below 1. */
  | { readonly kind: 'dropped-samples'; readonly share: number }
  /** The connection is lost, and the driver notices. */
  | { readonly kind: 'disconnected' }
  /** A known waveform, microvolts, is added to a channel over and over: to search for it where it must not be. */
  | { readonly kind: 'canary'; readonly channel: string; readonly waveform: readonly number[] };

const STALL_ENDS = ['stream-restart', 'reconnect'] as const;
export type StallEnd = (typeof STALL_ENDS)[number];

export type FaultKind = Fault['kind'];

const KINDS: readonly FaultKind[] = ['electrode-detached', 'stall', 'dropped-samples', 'disconnected', 'canary'];

/** Checks JSON from outside; throws a `BoardError` that lists all problems. */
export function parseFault(value: unknown, channelNames: readonly string[]): Fault {
  const input = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const problems: string[] = [];
  const { kind, channel, share, waveform, until } = input;
  if (!KINDS.includes(kind as FaultKind)) {
    problems.push(`kind is ${JSON.stringify(kind)}; it must be one of ${KINDS.join(', ')}`);
  }
  if ((kind === 'electrode-detached' || kind === 'canary') && !channelNames.includes(channel as string)) {
    problems.push(`channel is ${JSON.stringify(channel)}; it must be one of ${channelNames.join(', ')}`);
  }
  if (kind === 'dropped-samples' && !(typeof share === 'number' && share > 0 && share < 1)) {
    problems.push(`share is ${JSON.stringify(share)}; it must be a number above 0 and below 1`);
  }
  if (kind === 'stall' && until !== undefined && !STALL_ENDS.some((end) => end === until)) {
    problems.push(`until is ${JSON.stringify(until)}; it must be one of ${STALL_ENDS.join(', ')}, or absent`);
  }
  const isWave = Array.isArray(waveform) && waveform.length > 0 && waveform.every(Number.isFinite);
  if (kind === 'canary' && !isWave) problems.push('waveform must be a list of at least one number of microvolts');
  if (problems.length > 0) throw new BoardError(`fault: ${problems.join('; ')}.`);
  return input as unknown as Fault;
}

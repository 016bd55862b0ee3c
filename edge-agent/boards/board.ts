/**
 * A board is a source of samples: an amplifier with electrodes, a recording of one, or a generator.
 *
 * It delivers chunks of samples and events of its connection; it judges nothing. What the samples and the silence
 * between them mean is measured in `edge-agent/measure`.
 */

import { UserError } from '../../core/user-error.ts';

/** Never an instant of the day: durations only. Tests pass a clock that they move by hand. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start; may have a fraction. */
  nowMs(): number;
  /** Calls `callback` once, `delayMs` from now at the earliest; the returned function cancels it. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

/** A seeded source of numbers in [0, 1). */
export type Random = () => number;

export interface BoardInfo {
  /** Unique within the platform; becomes the label `device_id`. */
  readonly deviceId: string;
  /** The kind of hardware, such as `openbci-cyton`; becomes the label `device_type`. */
  readonly deviceType: string;
  /** One name per channel, in the order of `SampleChunk.channels`; unique. */
  readonly channelNames: readonly string[];
  /** Nominal samples per second and channel. */
  readonly sampleRateHz: number;
  /** Largest magnitude the converter can deliver, microvolts; beyond 90 % of it a channel counts as railed. */
  readonly fullScaleMicrovolts: number;
  /** How many values the device's sample counter takes before it starts at 0 again; undefined: it has no counter. */
  readonly counterModulus?: number;
  /** Frequency of the mains at the site, 50 or 60; undefined: both are looked for. */
  readonly mainsHz?: number;
}

/** Consecutive samples of all channels: where the device's counter jumps, a new chunk begins. */
export interface SampleChunk {
  /** Index of the first sample since the session began, counted by what arrived: lost samples do not count. */
  readonly firstIndex: number;
  /** The device's own counter at the first sample, where it has one. It wraps at `BoardInfo.counterModulus`. */
  readonly counter?: number;
  /** When the chunk arrived, by the monotonic clock of the board's host. */
  readonly hostTimeMs: number;
  /** One array per channel, all of one length, microvolts; NaN marks a sample that the device could not measure. */
  readonly channels: readonly (Float32Array | Float64Array)[];
  /** What the wearer did, where the source knows it (generated boards); judges the model's predictions. */
  readonly truth?: EyesState;
}

export type EyesState = 'eyes-open' | 'eyes-closed';

export type BoardEvent =
  | { readonly kind: 'connected' }
  /** The connection is gone; a board that only falls silent sends nothing. */
  | { readonly kind: 'disconnected'; readonly reason: string }
  /** What follows does not continue what came before (a recording starts over): filters and counters begin anew. */
  | { readonly kind: 'discontinuity'; readonly reason: string }
  /** The device delivered something unusable, such as a frame with a bad footer. */
  | { readonly kind: 'error'; readonly errorType: string; readonly message: string }
  /** Charge of the battery, 0 to 1 (some devices report slightly more than full). */
  | { readonly kind: 'battery'; readonly ratio: number };

export interface Board {
  describe(): BoardInfo;
  /** Begins delivery. Rejects with a `BoardError` when the device cannot be used; called at most once at a time. */
  start(onChunk: (chunk: SampleChunk) => void, onEvent: (event: BoardEvent) => void): Promise<void>;
  /** Stops and starts the flow of data without closing the port; absent where the device knows no difference. */
  restartStream?(): Promise<void>;
  /** Ends delivery: nothing is called after it resolves. May be followed by another `start`. */
  stop(): Promise<void>;
}

/** A board cannot be used as configured. The message says what was found, what is allowed and what to do. */
export class BoardError extends UserError {
  override readonly name: string = 'BoardError';
}

/** A board that needs no hardware: EEG-like samples from a seed, in real time, with a Cyton's range and counter. */

import type { Board, BoardEvent, BoardInfo, Clock, Random, SampleChunk } from './board.ts';
import { EegSource } from './eeg-source.ts';
import { electrodeNames } from './electrode-names.ts';
import { pace } from './pacer.ts';

export interface GeneratedSettings {
  readonly deviceId: string;
  /** Default 8. */
  readonly channelCount?: number;
  /** Default 250. */
  readonly sampleRateHz?: number;
  /** 50 (default) or 60. */
  readonly mainsHz?: number;
}

const COUNTER_MODULUS = 256;
/** As small headsets do it: the charge every five seconds, a full one lasts eight hours. */
const BATTERY_EVERY_SECONDS = 5;
const BATTERY_LASTS_SECONDS = 8 * 3600;

export class GeneratedBoard implements Board {
  readonly #info: BoardInfo;
  readonly #source: EegSource;
  readonly #clock: Clock;
  #sent = 0;
  #stop: (() => void) | undefined;

  constructor(
    { deviceId, channelCount = 8, sampleRateHz = 250, mainsHz = 50 }: GeneratedSettings,
    clock: Clock,
    random: Random,
  ) {
    this.#info = {
      deviceId,
      deviceType: 'generated',
      channelNames: electrodeNames(channelCount),
      sampleRateHz,
      fullScaleMicrovolts: 187_500,
      counterModulus: COUNTER_MODULUS,
      mainsHz,
    };
    this.#source = new EegSource(this.#info.channelNames, sampleRateHz, mainsHz, random);
    this.#clock = clock;
  }

  describe(): BoardInfo {
    return this.#info;
  }

  async start(onChunk: (chunk: SampleChunk) => void, onEvent: (event: BoardEvent) => void): Promise<void> {
    onEvent({ kind: 'connected' });
    this.#stop = pace(this.#clock, this.#info.sampleRateHz, (due) => {
      this.#tellBattery(due, onEvent);
      // A chunk never straddles a change of the eyes, so that its truth is one.
      for (let left = due; left > 0 && this.#stop !== undefined; ) {
        const count = Math.min(left, this.#source.eyesLeft);
        left -= count;
        onChunk(this.#next(count));
      }
    });
  }

  async stop(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
  }

  #tellBattery(due: number, onEvent: (event: BoardEvent) => void): void {
    const seconds = this.#sent / this.#info.sampleRateHz;
    const soon = (this.#sent + due) / this.#info.sampleRateHz;
    const isTime =
      this.#sent === 0 || Math.floor(seconds / BATTERY_EVERY_SECONDS) < Math.floor(soon / BATTERY_EVERY_SECONDS);
    if (isTime) onEvent({ kind: 'battery', ratio: Math.max(0, 1 - soon / BATTERY_LASTS_SECONDS) });
  }

  #next(count: number): SampleChunk {
    const truth = this.#source.eyes;
    const channels = this.#info.channelNames.map(() => new Float32Array(count));
    this.#source.fill(channels, count);
    const firstIndex = this.#sent;
    this.#sent += count;
    return { firstIndex, counter: firstIndex % COUNTER_MODULUS, hostTimeMs: this.#clock.nowMs(), channels, truth };
  }
}

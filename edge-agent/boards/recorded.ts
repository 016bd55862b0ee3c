/** Replays a recording in real time, packet losses included: where the counter jumped, time passes without samples. */

import type { Board, BoardEvent, BoardInfo, Clock, SampleChunk } from './board.ts';
import { pace } from './pacer.ts';
import type { Recording } from './recording.ts';

export interface RecordedSettings {
  readonly deviceId: string;
  /** Starts over at the end (default); otherwise the board disconnects there. */
  readonly loop?: boolean;
  readonly mainsHz?: number;
}

export class RecordedBoard implements Board {
  readonly #recording: Recording;
  readonly #settings: RecordedSettings;
  readonly #clock: Clock;
  #stop: (() => void) | undefined;

  constructor(recording: Recording, settings: RecordedSettings, clock: Clock) {
    this.#recording = recording;
    this.#settings = settings;
    this.#clock = clock;
  }

  describe(): BoardInfo {
    const { deviceId, mainsHz } = this.#settings;
    const { deviceType, channelNames, sampleRateHz, fullScaleMicrovolts, counter } = this.#recording;
    return {
      deviceId,
      deviceType,
      channelNames,
      sampleRateHz,
      fullScaleMicrovolts,
      ...(counter && { counterModulus: counter.modulus }),
      ...(mainsHz !== undefined && { mainsHz }),
    };
  }

  async start(onChunk: (chunk: SampleChunk) => void, onEvent: (event: BoardEvent) => void): Promise<void> {
    const { length, counter } = this.#recording;
    /** Position in the recording, and samples that its gaps still owe as silence. */
    let position = 0;
    let owed = 0;
    let firstIndex = 0;

    const send = (from: number, count: number): void => {
      onChunk({
        firstIndex,
        ...(counter && { counter: counter.at(from) }),
        hostTimeMs: this.#clock.nowMs(),
        channels: this.#recording.channelNames.map((_, channel) => this.#recording.read(channel, from, count)),
      });
      firstIndex += count;
    };
    const onDue = (due: number): void => {
      let left = due;
      while (left > 0 && this.#stop !== undefined) {
        const silent = Math.min(owed, left);
        owed -= silent;
        left -= silent;
        const count = this.#consecutive(position, Math.min(left, length - position));
        if (count > 0) send(position, count);
        position += count;
        left -= count;
        if (position === length) {
          if (this.#settings.loop === false) {
            this.#end(onEvent);
            return;
          }
          position = 0;
          onEvent({ kind: 'discontinuity', reason: 'the recording starts over' });
        } else if (count > 0) owed += this.#lostBefore(position);
      }
    };
    onEvent({ kind: 'connected' });
    this.#stop = pace(this.#clock, this.#recording.sampleRateHz, onDue);
  }

  async stop(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
  }

  #end(onEvent: (event: BoardEvent) => void): void {
    void this.stop();
    onEvent({ kind: 'disconnected', reason: 'the recording ended' });
  }

  /** How many of the `max` samples from `from` on follow each other without a loss. */
  #consecutive(from: number, max: number): number {
    let count = Math.min(1, max);
    while (count < max && this.#lostBefore(from + count) === 0) count++;
    return count;
  }

  /** Samples that the device's counter says are missing just before `index`. */
  #lostBefore(index: number): number {
    const { counter } = this.#recording;
    if (counter === undefined || index === 0) return 0;
    const step = counter.at(index) - counter.at(index - 1) - 1;
    return ((step % counter.modulus) + counter.modulus) % counter.modulus;
  }
}

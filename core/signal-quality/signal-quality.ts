/**
 * Signal quality of a device's channels, second by second, from the stream of its samples.
 *
 * @example
 * const quality = new SignalQuality({ sampleRateHz: 250, channelCount: 8, fullScaleMicrovolts: 187_500, mainsHz: 50 });
 * quality.push(chunk.channels, ({ score, channels }) => console.log(score, channels[0].why)); // once per second
 */

import { designFilters } from './channel-filters.ts';
import { scoreChannel } from './channel-score.ts';
import { ChannelWindow } from './channel-window.ts';
import { CORRELATION_MIN_CHANNELS, RelativeCorrelation } from './correlation.ts';
import { type DeviceQuality, scoreDevice } from './device-score.ts';

export interface SignalQualitySettings {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  /** Largest magnitude the converter delivers, microvolts. */
  readonly fullScaleMicrovolts: number;
  /** 50 or 60; undefined: both are measured and removed. */
  readonly mainsHz?: number | undefined;
}

/** EEG reaches up to 40 Hz here, so this many samples per second say all about who goes with whom. */
const CORRELATION_RATE_HZ = 125;
/** A gap longer than this is no glitch to filter over: the level afterwards is another one. */
const GAP_SECONDS = 0.1;

export class SignalQuality {
  readonly #windowLength: number;
  readonly #gapLength: number;
  readonly #decimation: number;
  readonly #channels: readonly ChannelWindow[];
  readonly #correlation: RelativeCorrelation | undefined;
  readonly #eeg: Float64Array;
  readonly #emg: Float64Array;
  /** Samples of the running window so far, those that never arrived included. */
  #position = 0;
  #decimated = 0;

  constructor({ sampleRateHz, channelCount, fullScaleMicrovolts, mainsHz }: SignalQualitySettings) {
    this.#windowLength = Math.max(1, Math.round(sampleRateHz));
    this.#gapLength = GAP_SECONDS * sampleRateHz;
    this.#decimation = Math.max(1, Math.floor(sampleRateHz / CORRELATION_RATE_HZ));
    const design = designFilters(sampleRateHz, mainsHz);
    this.#channels = Array.from(
      { length: channelCount },
      () => new ChannelWindow(design, sampleRateHz, fullScaleMicrovolts),
    );
    if (channelCount >= CORRELATION_MIN_CHANNELS) {
      this.#correlation = new RelativeCorrelation(channelCount, Math.ceil(this.#windowLength / this.#decimation));
    }
    this.#eeg = new Float64Array(this.#windowLength);
    this.#emg = new Float64Array(this.#windowLength);
  }

  /**
   * Takes in consecutive samples: one array of microvolts per channel, all of one length; NaN counts as missing.
   * Calls `onWindow` for each second that became complete.
   */
  push(channels: readonly ArrayLike<number>[], onWindow: (quality: DeviceQuality) => void): void {
    const total = channels[0]?.length ?? 0;
    for (let from = 0; from < total; ) {
      const count = Math.min(total - from, this.#windowLength - this.#position);
      for (let c = 0; c < this.#channels.length; c++) {
        this.#channels[c]!.push(channels[c]!, from, count, this.#eeg, this.#emg);
        this.#keepForCorrelation(c, count);
      }
      from += count;
      this.#advance(count, count, onWindow);
    }
  }

  /** Counts samples that never arrived on any channel, `count` of each. */
  skip(count: number, onWindow: (quality: DeviceQuality) => void): void {
    if (count > this.#gapLength) this.forget();
    for (let left = count; left > 0; ) {
      const part = Math.min(left, this.#windowLength - this.#position);
      for (const channel of this.#channels) channel.skip(part);
      left -= part;
      this.#advance(part, 0, onWindow);
    }
  }

  /** What follows does not continue what came before (another session, a long gap). */
  forget(): void {
    for (const channel of this.#channels) channel.forget();
  }

  #keepForCorrelation(channel: number, count: number): void {
    if (this.#correlation === undefined) return;
    const row = this.#correlation.row(channel);
    const d = this.#decimation;
    let at = this.#decimated;
    for (let i = (d - (this.#position % d)) % d; i < count && at < row.length; i += d) row[at++] = this.#eeg[i]!;
  }

  #advance(count: number, measured: number, onWindow: (quality: DeviceQuality) => void): void {
    const d = this.#decimation;
    if (measured > 0) {
      this.#decimated += Math.ceil((this.#position + count) / d) - Math.ceil(this.#position / d);
    }
    this.#position += count;
    if (this.#position < this.#windowLength) return;
    // A window with few samples (a gap) would correlate by chance.
    const enough = this.#decimated >= 0.5 * (this.#windowLength / d);
    const relative = enough ? this.#correlation?.update(this.#decimated) : undefined;
    this.#position = 0;
    this.#decimated = 0;
    onWindow(scoreDevice(this.#channels.map((channel, i) => scoreChannel(channel.take(relative?.[i])))));
  }
}

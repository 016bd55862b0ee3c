/** The filters every channel's samples pass before they are judged: designed once per device, state per channel. */

import { BUTTERWORTH_4, highPass, lowPass, notch, type Section } from './biquad.ts';

export interface FilterDesign {
  /** Removes offset and drift of the electrode. */
  readonly drift: readonly Section[];
  /** Removes the mains and its harmonics. */
  readonly mains: readonly Section[];
  /** Leaves what muscles make. */
  readonly emg: readonly Section[];
  /** Leaves the EEG. */
  readonly eeg: readonly Section[];
  /** Mains frequencies to measure: the given one, else both that exist. */
  readonly mainsHz: readonly number[];
}

/** A notch this wide (centre / 5) removes the mains even where it wanders, and costs 10 Hz of the EMG band. */
const NOTCH_Q = 5;
/** Harmonics above the third carry little and would cost a section each. */
const HARMONICS = 3;

export function designFilters(sampleRateHz: number, mainsHz: number | undefined): FilterDesign {
  const below = (frequencyHz: number): boolean => frequencyHz < 0.49 * sampleRateHz;
  const frequencies = (mainsHz === undefined ? [50, 60] : [mainsHz]).filter(below);
  const harmonics = frequencies
    .flatMap((f) => Array.from({ length: HARMONICS }, (_, i) => f * (i + 1)))
    .filter((f, i, all) => below(f) && all.indexOf(f) === i);
  return {
    drift: BUTTERWORTH_4.map((q) => highPass(sampleRateHz, 1, q)),
    mains: harmonics.map((f) => notch(sampleRateHz, f, NOTCH_Q)),
    emg: below(25) ? BUTTERWORTH_4.map((q) => highPass(sampleRateHz, 25, q)) : [],
    eeg: below(40) ? BUTTERWORTH_4.map((q) => lowPass(sampleRateHz, 40, q)) : [],
    mainsHz: frequencies,
  };
}

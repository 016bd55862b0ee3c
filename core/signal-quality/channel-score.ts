/**
 * The quality of one channel in one second, 0 (unusable) to 1 (clean), and what hurts it most.
 *
 * The score is a product of factors, each a ramp between a value seen in clean recordings and one seen in bad ones.
 * Origin of the thresholds: `rail` is the OpenBCI GUI's (75 % of full scale warns, 90 % is railed); the others lie
 * outside the 99th percentile of clean one-second windows of five kinds of device (OpenBCI Cyton, BCI2000, 19-channel
 * clinical, Muse, BioSemi), where the standard deviation is 5 to 31 uV in the median and 12 to 92 uV at the 99th.
 */

import { clamp01, ramp } from './ramp.ts';

/** What was measured on one channel in one window. Microvolts; "EEG" is the 1-40 Hz band without the mains. */
export interface ChannelFeatures {
  /** Share of the expected samples that did not arrive or were NaN. */
  readonly missing: number;
  /** Standard deviation of the EEG. */
  readonly sd: number;
  /** Largest minus smallest value of the EEG. */
  readonly peakToPeak: number;
  /** Share of raw samples equal to the one before. */
  readonly unchanged: number;
  /** Largest raw magnitude, as a share of full scale. */
  readonly fullScaleShare: number;
  /** Share of raw samples at the end of the converter's range. */
  readonly atRail: number;
  /** RMS above 25 Hz, mains removed: muscles. */
  readonly emgRms: number;
  /** RMS of the EEG. */
  readonly eegRms: number;
  /** RMS of the mains frequency. */
  readonly mainsRms: number;
  /** How well the channel goes with its neighbours, relative to the others; undefined below 8 channels. */
  readonly relativeCorrelation?: number;
}

/** `missing` samples, at the `rail`, `flat` line, too large `amp`litude, muscles, mains, unrelated to the others. */
export const QUALITY_REASONS = ['missing', 'rail', 'flat', 'amp', 'emg', 'line', 'corr'] as const;
export type QualityReason = (typeof QUALITY_REASONS)[number];

export type QualityFactors = Readonly<Record<QualityReason, number>>;

export interface ChannelQuality {
  /** 0 to 1. */
  readonly score: number;
  /** The smallest factor (of equal ones the first of `QUALITY_REASONS`); undefined when none lowers the score. */
  readonly why: QualityReason | undefined;
  /** False when the electrode has no contact: no signal, railed, or picking up the mains like an antenna. */
  readonly contact: boolean;
  readonly factors: QualityFactors;
  readonly features: ChannelFeatures;
}

/** From here on a channel counts as usable. */
export const USABLE_SCORE = 0.5;

export function scoreChannel(features: ChannelFeatures): ChannelQuality {
  const factors = qualityFactors(features);
  let score = 1;
  let why: QualityReason | undefined;
  for (const reason of QUALITY_REASONS) {
    score *= factors[reason];
    if (factors[reason] < (why === undefined ? 1 : factors[why])) why = reason;
  }
  return { score, why, contact: hasContact(factors), factors, features };
}

function qualityFactors(f: ChannelFeatures): QualityFactors {
  const { log10 } = Math;
  const mains = log10(Math.max(f.mainsRms, 1e-3));
  return {
    missing: ramp(f.missing, 0.01, 0.3),
    flat: Math.min(ramp(f.sd, 0.5, 0.1), ramp(f.unchanged, 0.5, 0.95)),
    rail: Math.min(ramp(f.fullScaleShare, 0.75, 0.9), ramp(f.atRail, 0, 0.02)),
    amp: Math.min(ramp(f.sd, 50, 150), ramp(f.peakToPeak, 300, 1000)),
    emg: Math.min(ramp(f.emgRms / Math.max(f.eegRms, 1e-9), 1.5, 3), ramp(f.emgRms, 25, 80)),
    // 70 to 390 uV of mains sit on GOOD electrodes of battery-powered boards, and a notch removes them:
    // below 500 uV the mains costs a quarter at most, and only 2 mV, an antenna, costs all.
    line: (1 - 0.25 * (1 - ramp(mains, log10(50), log10(500)))) * ramp(mains, log10(500), log10(2000)),
    // Being unrelated is only a hint (a single source can be local), so it costs half at most.
    corr: f.relativeCorrelation === undefined ? 1 : 0.5 + 0.5 * clamp01((f.relativeCorrelation - 0.45) / (0.75 - 0.45)),
  };
}

/** Large amplitude alone is no loss of contact: movement and blinks are large, too. */
function hasContact(factors: QualityFactors): boolean {
  return Math.min(factors.missing, factors.flat, factors.rail, factors.line) >= 0.5;
}

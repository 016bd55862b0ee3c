/** The quality of a device in one second, from the qualities of its channels. */

import { type ChannelQuality, QUALITY_REASONS, type QualityReason, USABLE_SCORE } from './channel-score.ts';

export interface DeviceQuality {
  /** 0 to 1: half the mean score, half the share of usable channels, so that few dead channels show but do not rule. */
  readonly score: number;
  readonly mean: number;
  readonly median: number;
  /** Mean of the three worst channels (of all, when there are fewer). */
  readonly worstThree: number;
  /** Share of channels that score `USABLE_SCORE` or better. */
  readonly usable: number;
  /** Channels that are not usable, by what hurts them most. */
  readonly faults: Readonly<Record<QualityReason, number>>;
  /** In the order of the device's channels. */
  readonly channels: readonly ChannelQuality[];
}

export function scoreDevice(channels: readonly ChannelQuality[]): DeviceQuality {
  const faults = Object.fromEntries(QUALITY_REASONS.map((reason) => [reason, 0])) as Record<QualityReason, number>;
  let sum = 0;
  let usable = 0;
  for (const { score, why } of channels) {
    sum += score;
    if (score >= USABLE_SCORE) usable++;
    else if (why !== undefined) faults[why]++;
  }
  const sorted = channels.map(({ score }) => score).sort((a, b) => a - b);
  const mean = sum / channels.length;
  const worst = sorted.slice(0, 3);
  return {
    score: 0.5 * mean + (0.5 * usable) / channels.length,
    mean,
    median: median(sorted),
    worstThree: worst.reduce((a, b) => a + b, 0) / worst.length,
    usable: usable / channels.length,
    faults,
    channels,
  };
}

/** Median of an ascending list that is not empty. */
export function median(sorted: ArrayLike<number>): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

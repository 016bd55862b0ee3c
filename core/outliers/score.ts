import { type Cell, medianOf } from './cell.ts';
import { crossedParts } from './crossed.ts';
import { medianPolish } from './polish.ts';

/** The series that rules select. */
export const OUTLIER_SCORE = 'nsmon_fleet_outlier_score';
/** What the scores are made of: the mean quality of a channel over five of ten minutes, with the subject's handle. */
export const OUTLIER_SOURCE = 'neural_channel_quality:mean5m';

/** How far a device, or a subject, is from its peers. */
export interface OutlierScore {
  readonly cause: 'device' | 'subject';
  /** The device or the subject's handle. */
  readonly name: string;
  /**
   * How many robust standard deviations worse than the median of its peers; negative: better. Above 3.5 is an outlier by
   * Iglewicz and Hoaglin (1993).
   */
  readonly score: number;
  /** How much quality that is, -1 to 1; negative: worse. */
  readonly effect: number;
  readonly peers: number;
}

/** With fewer others, who differs from whom cannot be said (Datadog's outliers ask for as many). */
const LEAST_PEERS = 3;
/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const MAD_TO_SIGMA = 1.4826;
/**
 * The least standard deviation that is believed, in quality. Devices that agree to the third digit are not far from each
 * other because one differs in the second: a score of 5 is a quality worse by 0.15 at least.
 */
const LEAST_SIGMA = 0.03;

/**
 * Tells devices that are bad on every subject (a cable, an electrode) from subjects who are hard on every device (hair).
 * Cells of one channel, of devices that can be compared. What cannot be told apart has no score.
 */
export function outlierScores(cells: readonly Cell[]): readonly OutlierScore[] {
  return crossedParts(cells).flatMap((part) => {
    const { devices, subjects } = medianPolish(part);
    return [...scoresOf('device', devices), ...scoresOf('subject', subjects)];
  });
}

function scoresOf(cause: OutlierScore['cause'], effects: ReadonlyMap<string, number>): OutlierScore[] {
  const peers = effects.size - 1;
  if (peers < LEAST_PEERS) return [];
  const all = [...effects.values()];
  const middle = medianOf(all);
  const sigma = Math.max(LEAST_SIGMA, MAD_TO_SIGMA * medianOf(all.map((effect) => Math.abs(effect - middle))));
  return [...effects]
    .map(([name, effect]) => ({ cause, name, score: (middle - effect) / sigma, effect: effect - middle, peers }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

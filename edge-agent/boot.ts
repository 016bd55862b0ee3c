import { formatBoot } from '../core/alerting/boot.ts';

/**
 * Identity of one run of an agent: the start time, so that whoever receives knows which of two runs is the later, and
 * chance, so that two runs that start in the same millisecond differ. `random` gives numbers in [0, 1).
 */
export function newBoot(epochMs: number, random: () => number): string {
  const chance = Math.floor(random() * 2 ** 32);
  return formatBoot({ startMs: epochMs, random: chance.toString(16).padStart(8, '0') });
}

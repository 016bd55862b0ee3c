/**
 * Identity of one run of an agent: the start time, so that later runs sort after earlier ones, and chance, so that two
 * runs within a second differ. `random` gives numbers in [0, 1).
 */
export function newBoot(epochMs: number, random: () => number): string {
  const time = new Date(epochMs).toISOString().replace(/\.\d+|[-:]/g, '');
  const chance = Math.floor(random() * 2 ** 32);
  return `${time}-${chance.toString(16).padStart(8, '0')}`;
}

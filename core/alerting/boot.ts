/**
 * A boot is one run of a sender: `<start as epoch ms in base 36>-<random>`, e.g. `mh2k3x9c-7f3a`. The start orders
 * boots, the random part tells two runs apart that began in the same millisecond.
 */
export interface Boot {
  readonly startMs: number;
  readonly random: string;
}

/** Undefined when the text is no boot. */
export function parseBoot(text: string): Boot | undefined {
  const match = /^([0-9a-z]{1,10})-([\w-]{1,64})$/.exec(text);
  return match ? { startMs: Number.parseInt(match[1] ?? '', 36), random: match[2] ?? '' } : undefined;
}

export function formatBoot({ startMs, random }: Boot): string {
  return `${Math.floor(startMs).toString(36)}-${random}`;
}

/** Negative when run `a` began before run `b`, 0 when they are the same run. */
export function compareBoots(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [parseBoot(a)?.startMs ?? 0, parseBoot(b)?.startMs ?? 0];
  return left !== right ? left - right : a < b ? -1 : 1;
}

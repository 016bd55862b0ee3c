const UNITS_MS: Readonly<Record<string, number>> = {
  y: 31_536_000_000,
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};
const SHAPE = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const ORDER = ['y', 'w', 'd', 'h', 'm', 's', 'ms'] as const;

/** `1h30m` in milliseconds; undefined when the text is no Prometheus duration. `0` needs no unit. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const parts = text === '' ? null : SHAPE.exec(text);
  if (!parts) return undefined;
  let ms = 0;
  ORDER.forEach((unit, i) => {
    ms += Number(parts[i + 1] ?? 0) * (UNITS_MS[unit] ?? 0);
  });
  return ms;
}

/** The shortest Prometheus text of a duration: `90m` is `1h30m`. Years and weeks are used only when they divide it. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = Math.abs(ms);
  let text = '';
  for (const unit of ORDER) {
    const size = UNITS_MS[unit] ?? 1;
    if ((unit === 'y' || unit === 'w') && rest % size !== 0) continue;
    const n = Math.floor(rest / size);
    if (n === 0) continue;
    text += `${n}${unit}`;
    rest -= n * size;
  }
  return ms < 0 ? `-${text}` : text;
}

/**
 * The windows of multi-window, multi-burn-rate alerts. Source of windows and shares: the Google SRE workbook ("Alerting on
 * SLOs"), as sloth ships them for 30 days. An alert needs both windows: the long one says that it matters, the short one
 * that it still goes on.
 */
export interface BurnWindow {
  readonly severity: 'page' | 'ticket';
  /** Share of the period's error budget that is spent when the long window is through at this rate. */
  readonly budget: number;
  readonly long: string;
  readonly longMs: number;
  readonly short: string;
}

const HOUR = 3_600_000;

export const BURN_WINDOWS: readonly BurnWindow[] = [
  { severity: 'page', budget: 0.02, long: '1h', longMs: HOUR, short: '5m' },
  { severity: 'page', budget: 0.05, long: '6h', longMs: 6 * HOUR, short: '30m' },
  { severity: 'ticket', budget: 0.1, long: '1d', longMs: 24 * HOUR, short: '2h' },
  { severity: 'ticket', budget: 0.1, long: '3d', longMs: 72 * HOUR, short: '6h' },
];

/** How many times faster than allowed the budget is spent: 14.4 for 2 % of 30 days' budget in an hour. */
export function burnRate({ budget, longMs }: BurnWindow, periodMs: number): number {
  return Number(((budget * periodMs) / longMs).toPrecision(6));
}

/**
 * Error ratios that are recorded, and what of. Up to six hours a window is a sum of slots of five minutes, beyond of
 * slots of an hour: the cloud keeps what agents send for two hours only, and so even three days are 72 values.
 */
export const RATIO_WINDOWS: readonly { readonly window: string; readonly slot: '5m' | '1h'; readonly slots: number }[] =
  [
    { window: '5m', slot: '5m', slots: 1 },
    { window: '30m', slot: '5m', slots: 6 },
    { window: '1h', slot: '5m', slots: 12 },
    { window: '2h', slot: '5m', slots: 24 },
    { window: '6h', slot: '5m', slots: 72 },
    { window: '1d', slot: '1h', slots: 24 },
    { window: '3d', slot: '1h', slots: 72 },
  ];

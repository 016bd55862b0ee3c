import { type Threshold, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';

/** `[from, colour]`, ascending; the first step has no lower end. */
export type Step = readonly [from: number | null, color: string];

export const GREEN = 'green';
export const AMBER = 'orange';
export const RED = 'red';
export const BLUE = 'blue';

/** Good while high: green from `good`, amber from `poor`, red below. */
export function higherIsBetter(poor: number, good: number): readonly Step[] {
  return [
    [null, RED],
    [poor, AMBER],
    [good, GREEN],
  ];
}

/** Good while low: amber from `poor`, red from `bad`. */
export function lowerIsBetter(poor: number, bad: number): readonly Step[] {
  return [
    [null, GREEN],
    [poor, AMBER],
    [bad, RED],
  ];
}

export function steps(list: readonly Step[]): Threshold[] {
  return list.map(([value, color]) => ({ value, color }));
}

export function thresholdsConfig(list: readonly Step[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(list));
}

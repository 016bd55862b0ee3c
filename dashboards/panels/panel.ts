import type { GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { NamedQuery } from '../query.ts';
import type { Source } from '../store.ts';
import type { Step } from './thresholds.ts';

/** What every panel says, whatever it draws. */
export interface PanelOptions {
  readonly title: string;
  /** What is shown, and what to think of it: the text behind the panel's (i). */
  readonly description: string;
  readonly queries: readonly NamedQuery[];
  /** Grafana's unit id: `s`, `bytes`, `percentunit`, `hertz`, `suffix: samples/s`, `short`. */
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** Colours from a value on; the first has no value. */
  readonly thresholds?: readonly Step[];
  /** Text in place of missing data: what to do to get some. */
  readonly noValue?: string;
  /** Columns of 24 that it takes; an equal share of its row when absent. */
  readonly width?: number;
}

/** A panel ready to be placed. */
export interface PlacedPanel {
  readonly title: string;
  readonly width?: number;
  build(id: number, position: GridPos, source: Source): Panel;
}

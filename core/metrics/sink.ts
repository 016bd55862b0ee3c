/**
 * Where measurements go: the narrow port between what measures and what aggregates.
 *
 * A handle is one series. Look it up once and keep it: `add`, `set` and `observe` are called for every chunk of
 * samples, so they must cost little. Asking twice for the same name and labels gives the same series.
 *
 * @example
 * const received = sink.counter('neural_device_samples_total', { device_id: 'lab-1', device_type: 'generated' });
 * received.add(25);
 */

import type { Labels } from './model.ts';

/** A value that only goes up. */
export interface Counter {
  /** Adds `amount`, at least 0. */
  add(amount: number): void;
}

/** A value that goes up and down. */
export interface Gauge {
  set(value: number): void;
}

/** A distribution. */
export interface Histogram {
  /** Counts one value, in the unit that the metric's name says (seconds for `_seconds`). */
  observe(value: number): void;
}

export interface MetricSink {
  counter(name: string, labels?: Labels): Counter;
  gauge(name: string, labels?: Labels): Gauge;
  histogram(name: string, labels?: Labels): Histogram;
}

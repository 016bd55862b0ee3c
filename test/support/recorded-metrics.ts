import { type Labels, seriesKey } from '../../core/metrics/model.ts';
import type { MetricSink } from '../../core/metrics/sink.ts';

/** A sink that remembers: counters and gauges by their value, histograms by all observations. */
export class RecordedMetrics implements MetricSink {
  readonly #values = new Map<string, number>();
  readonly #observations = new Map<string, number[]>();
  readonly #names = new Set<string>();

  counter(name: string, labels: Labels = {}) {
    const key = this.#key(name, labels);
    return {
      add: (amount: number): void => {
        if (!(amount >= 0)) throw new RangeError(`${name}: a counter cannot grow by ${amount}`);
        this.#values.set(key, (this.#values.get(key) ?? 0) + amount);
      },
    };
  }

  gauge(name: string, labels: Labels = {}) {
    const key = this.#key(name, labels);
    return { set: (value: number): void => void this.#values.set(key, value) };
  }

  histogram(name: string, labels: Labels = {}) {
    const key = this.#key(name, labels);
    const observations = this.#observations.get(key) ?? [];
    this.#observations.set(key, observations);
    return { observe: (value: number): void => void observations.push(value) };
  }

  /** Of a counter or gauge; undefined when it was never set. */
  value(name: string, labels: Labels = {}): number | undefined {
    return this.#values.get(seriesKey(name, labels));
  }

  observations(name: string, labels: Labels = {}): readonly number[] {
    return this.#observations.get(seriesKey(name, labels)) ?? [];
  }

  names(): readonly string[] {
    return [...this.#names].sort();
  }

  #key(name: string, labels: Labels): string {
    this.#names.add(name);
    return seriesKey(name, labels);
  }
}

import { MinuteAggregator, type MinuteRollup } from './aggregator.ts';
import { ExponentialHistogramRecorder } from './exponential-histogram.ts';
import type { Labels, Point, RollupPoint } from './model.ts';
import type { Counter, Gauge, Histogram } from './sink.ts';

/** Epoch milliseconds, passed in so that tests advance time by hand. */
export type Clock = () => number;

/** One series while it is recorded: a handle for whoever measures, points for whoever sends. */
export interface Series {
  /** When the series was last written to. */
  readonly touchedMs: number;
  /** The present state; undefined while there is none (a gauge nobody has set). */
  point(nowMs: number): Point | undefined;
  /** Hands out the whole minutes that ended before `nowMs`, once. */
  rollups(nowMs: number): RollupPoint[];
}

/** Name and labels of a series: its identity within one registry. */
export interface SeriesId {
  readonly name: string;
  readonly labels: Labels;
}

/** What all kinds of series have. */
abstract class TouchedSeries {
  touchedMs: number;
  protected readonly id: SeriesId;
  private readonly clock: Clock;

  constructor(id: SeriesId, clock: Clock) {
    this.id = id;
    this.clock = clock;
    this.touchedMs = clock();
  }

  /** Notes that the series is written to. @returns the present, epoch milliseconds */
  protected touch(): number {
    this.touchedMs = this.clock();
    return this.touchedMs;
  }
}

/** Cumulative since `startMs`. */
export class CounterSeries extends TouchedSeries implements Series, Counter {
  private startMs = this.touchedMs;
  private value = 0;

  /** A negative or NaN amount is ignored: a counter never goes down. */
  add(amount: number): void {
    if (amount >= 0) this.value += amount;
    this.touch();
  }

  /** Takes over a total that somebody else counts (the kernel, an application). A smaller one means it was restarted. */
  observeTotal(total: number): void {
    const now = this.touch();
    if (total < this.value) this.startMs = now;
    if (total >= 0) this.value = total;
  }

  point(nowMs: number): Point {
    return { kind: 'counter', ...this.id, startMs: this.startMs, timeMs: nowMs, value: this.value };
  }

  /** None: a counter's last point of the minute is its roll-up. */
  rollups(): RollupPoint[] {
    return [];
  }
}

/** The last value set, with the distribution of all that were set. */
export class GaugeSeries extends TouchedSeries implements Series, Gauge {
  private value = Number.NaN;
  private readonly minutes = new MinuteAggregator();

  set(value: number): void {
    this.value = value;
    this.minutes.observe(value, this.touch());
  }

  /** Undefined until the gauge was set, and while it is NaN. */
  point(nowMs: number): Point | undefined {
    if (Number.isNaN(this.value)) return undefined;
    // A gauge holds its value until it is set again: in a minute without a change that value is what was observed.
    if (!this.minutes.hasObserved(nowMs)) this.minutes.observe(this.value, nowMs);
    return { kind: 'gauge', ...this.id, timeMs: nowMs, value: this.value };
  }

  rollups(nowMs: number): RollupPoint[] {
    return this.minutes.drain(nowMs).map((minute) => rollup(this.id, minute));
  }
}

/** A distribution, cumulative since `startMs`, and the exact one of each minute. */
export class HistogramSeries extends TouchedSeries implements Series, Histogram {
  private readonly startMs = this.touchedMs;
  private readonly total = new ExponentialHistogramRecorder();
  private readonly minutes = new MinuteAggregator();

  observe(value: number): void {
    this.total.record(value);
    this.minutes.observe(value, this.touch());
  }

  point(nowMs: number): Point {
    return {
      kind: 'histogram',
      ...this.id,
      startMs: this.startMs,
      timeMs: nowMs,
      histogram: this.total.snapshot(),
    };
  }

  rollups(nowMs: number): RollupPoint[] {
    return this.minutes.drain(nowMs).map((minute) => rollup(this.id, minute));
  }
}

function rollup(id: SeriesId, minute: MinuteRollup): RollupPoint {
  return { kind: 'rollup', ...id, ...minute };
}

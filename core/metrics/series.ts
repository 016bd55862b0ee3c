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

/** Cumulative since `startMs`. */
export class CounterSeries implements Series, Counter {
  touchedMs: number;
  private startMs: number;
  private value = 0;
  private readonly id: SeriesId;
  private readonly clock: Clock;

  constructor(id: SeriesId, clock: Clock) {
    this.id = id;
    this.clock = clock;
    this.startMs = clock();
    this.touchedMs = this.startMs;
  }

  /** A negative or NaN amount is ignored: a counter never goes down. */
  add(amount: number): void {
    if (amount >= 0) this.value += amount;
    this.touchedMs = this.clock();
  }

  /** Takes over a total that somebody else counts (the kernel, an application). A smaller one means it was restarted. */
  observeTotal(total: number): void {
    const now = this.clock();
    if (total < this.value) this.startMs = now;
    if (total >= 0) this.value = total;
    this.touchedMs = now;
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
export class GaugeSeries implements Series, Gauge {
  touchedMs: number;
  private value = Number.NaN;
  private readonly minutes = new MinuteAggregator();
  private readonly id: SeriesId;
  private readonly clock: Clock;

  constructor(id: SeriesId, clock: Clock) {
    this.id = id;
    this.clock = clock;
    this.touchedMs = clock();
  }

  set(value: number): void {
    const now = this.clock();
    this.value = value;
    this.touchedMs = now;
    this.minutes.observe(value, now);
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
export class HistogramSeries implements Series, Histogram {
  touchedMs: number;
  private readonly startMs: number;
  private readonly total = new ExponentialHistogramRecorder();
  private readonly minutes = new MinuteAggregator();
  private readonly id: SeriesId;
  private readonly clock: Clock;

  constructor(id: SeriesId, clock: Clock) {
    this.id = id;
    this.clock = clock;
    this.startMs = clock();
    this.touchedMs = this.startMs;
  }

  observe(value: number): void {
    const now = this.clock();
    this.touchedMs = now;
    this.total.record(value);
    this.minutes.observe(value, now);
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

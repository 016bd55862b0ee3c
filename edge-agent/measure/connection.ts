/** What the arrival of samples says about the connection: rate, losses, latency, stability, silence. */

import type { Counter, Gauge, Histogram, MetricSink } from '../../core/metrics/sink.ts';
import type { BoardEvent, BoardInfo, SampleChunk } from '../boards/board.ts';
import { ArrivalRate } from './arrival-rate.ts';
import type { DeviceLabels } from './labels.ts';
import { Lateness } from './lateness.ts';
import { Seconds } from './seconds.ts';

/** No byte for this long is worth a warning. */
const STALE_MS = 1_000;
/**
 * And for this long, the connection is down, whatever the port says. The OpenBCI GUI waits 5 s; here an alert must be out
 * by then, and a tick and the rule's `for` take a second each. Radios make up for their bursts well before.
 */
const DOWN_MS = 2_500;
/** A clock that disagrees with the nominal rate by more is a loss, not a drift: real boards stay within 2.5 %. */
const PLAUSIBLE_DRIFT = 0.05;

/** What this file counts; boards add theirs. */
const ERROR_TYPES = ['disconnected', 'stale', 'silent', 'samples_lost'] as const;

type State = 'waiting' | 'delivering' | 'stale' | 'down';

export class Connection {
  readonly #info: BoardInfo;
  readonly #sink: MetricSink;
  readonly #labels: DeviceLabels;
  readonly #seconds: Seconds;
  readonly #lateness: Lateness;
  /** Of what arrived, and of the place in the stream, losses included: the device's clock. */
  readonly #arrivals = new ArrivalRate();
  readonly #positions = new ArrivalRate();

  readonly #connected: Gauge;
  readonly #dataRate: Gauge;
  readonly #errorRate: Gauge;
  readonly #stability: Gauge;
  readonly #battery: Gauge;
  readonly #failures: Counter;
  readonly #samples: Counter;
  readonly #samplesLost: Counter;
  readonly #latency: Histogram;

  #state: State = 'waiting';
  #linkLost = false;
  #everLost = false;
  /** When data last came or the connection was made. */
  #aliveMs: number;
  #received = 0;
  #lost = 0;
  #position = 0;
  #nextCounter: number | undefined;

  constructor(info: BoardInfo, labels: DeviceLabels, sink: MetricSink, nowMs: number) {
    this.#info = info;
    this.#sink = sink;
    this.#labels = labels;
    this.#aliveMs = nowMs;
    this.#seconds = new Seconds(info.sampleRateHz);
    this.#lateness = new Lateness(info.counterModulus);
    this.#connected = sink.gauge('neural_device_connected', labels);
    this.#dataRate = sink.gauge('neural_device_data_rate_hertz', labels);
    this.#errorRate = sink.gauge('neural_device_error_rate_ratio', labels);
    this.#stability = sink.gauge('neural_device_connection_stability_ratio', labels);
    this.#battery = sink.gauge('neural_device_battery_ratio', labels);
    this.#failures = sink.counter('neural_device_connection_failures_total', labels);
    this.#samples = sink.counter('neural_device_samples_total', labels);
    this.#samplesLost = sink.counter('neural_device_samples_lost_total', labels);
    this.#latency = sink.histogram('neural_device_latency_seconds', labels);
    // A series that exists from the start can be seen to increase; one that appears with its first value cannot.
    this.#failures.add(0);
    this.#samplesLost.add(0);
    for (const errorType of ERROR_TYPES) this.#error(errorType, 0);
  }

  /** Samples per channel: received, and known to be lost. */
  get totals(): { received: number; lost: number } {
    return { received: this.#received, lost: this.#lost };
  }

  /** Data arrive, or stopped arriving only just now. */
  get isUp(): boolean {
    return !this.#linkLost && (this.#state === 'delivering' || this.#state === 'stale');
  }

  /** Takes in a chunk; returns how many samples the device's counter says were lost just before it. */
  push(chunk: SampleChunk): number {
    const nowMs = chunk.hostTimeMs;
    const count = chunk.channels[0]?.length ?? 0;
    const gap = this.#gapBefore(chunk, count);
    this.#alive(nowMs);
    this.#received += count;
    this.#samples.add(count);
    this.#seconds.add(nowMs, 'received', count);
    const { excessesMs, lost } = this.#lateness.push(nowMs, gap + count, this.#clockRate());
    for (const excessMs of excessesMs) this.#latency.observe(excessMs / 1000);
    if (gap + lost > 0) this.#countLost(nowMs, gap + lost);
    this.#position += gap + lost + count;
    this.#arrivals.push(nowMs, this.#received);
    this.#positions.push(nowMs, this.#position);
    return gap;
  }

  event(event: BoardEvent, nowMs: number): void {
    switch (event.kind) {
      case 'connected':
        if (this.#everLost) this.#seconds.add(nowMs, 'reconnects', 1);
        this.#linkLost = false;
        this.#state = 'waiting';
        this.#aliveMs = nowMs;
        this.#forget();
        break;
      case 'disconnected':
        if (this.#state !== 'down') this.#failures.add(1);
        this.#linkLost = true;
        this.#everLost = true;
        this.#state = 'down';
        this.#error('disconnected');
        this.#connected.set(0);
        break;
      case 'discontinuity':
        // The counter starts anew; time goes on.
        this.#nextCounter = undefined;
        break;
      case 'error':
        this.#seconds.add(nowMs, 'bad', 1);
        this.#error(event.errorType);
        break;
      case 'battery':
        this.#battery.set(event.ratio);
    }
  }

  /** Looks at the clock and sets the gauges. Returns how many samples are overdue: silence is a measurement, too. */
  tick(nowMs: number): number {
    this.#seconds.advance(nowMs);
    const silentMs = nowMs - this.#aliveMs;
    if (silentMs > DOWN_MS && this.#state !== 'down') {
      this.#state = 'down';
      this.#failures.add(1);
      this.#error('silent');
    } else if (silentMs > STALE_MS && this.#state === 'delivering') {
      this.#state = 'stale';
      this.#error('stale');
    }
    const silent = silentMs > STALE_MS;
    const overdue = silent ? Math.floor((silentMs * this.#info.sampleRateHz) / 1000) : 0;
    if (silent) this.#arrivals.push(nowMs, this.#received);
    this.#connected.set(this.isUp ? 1 : 0);
    const rate = this.#arrivals.hertz() ?? (silent ? 0 : undefined);
    if (rate !== undefined) this.#dataRate.set(Math.max(0, rate));
    this.#errorRate.set(this.#seconds.errorRate(overdue));
    const stability = this.#seconds.stability(overdue);
    if (stability !== undefined) this.#stability.set(stability);
    return overdue;
  }

  #alive(nowMs: number): void {
    this.#aliveMs = nowMs;
    if (this.#linkLost) return;
    this.#state = 'delivering';
  }

  #gapBefore({ counter }: SampleChunk, count: number): number {
    const modulus = this.#info.counterModulus;
    if (counter === undefined || modulus === undefined) return 0;
    const gap = this.#nextCounter === undefined ? 0 : (counter - this.#nextCounter + modulus) % modulus;
    this.#nextCounter = (counter + count) % modulus;
    return gap;
  }

  #countLost(nowMs: number, count: number): void {
    this.#lost += count;
    this.#samplesLost.add(count);
    this.#seconds.add(nowMs, 'lost', count);
    this.#error('samples_lost');
  }

  #error(errorType: string, count = 1): void {
    this.#sink.counter('neural_device_errors_total', { ...this.#labels, error_type: errorType }).add(count);
  }

  /** The device's true rate by the host's clock where it is known well enough, else the nominal one. */
  #clockRate(): number {
    const nominal = this.#info.sampleRateHz;
    const measured = this.#positions.hertz(10_000) ?? nominal;
    return Math.abs(measured / nominal - 1) < PLAUSIBLE_DRIFT ? measured : nominal;
  }

  #forget(): void {
    this.#nextCounter = undefined;
    this.#lateness.forget();
    this.#arrivals.forget();
    this.#positions.forget();
  }
}

/**
 * Everything the agent measures about one board, from its start to its end: wire a board's callbacks to it and call
 * `tick` ten times a second.
 *
 * @example
 * const measurement = createMeasurement({ board: board.describe(), sessionId, sink, clock, tracer });
 * await board.start(measurement.onChunk, measurement.onEvent);
 * const stop = every(100, measurement.tick);
 */

import type { Gauge, MetricSink } from '../../core/metrics/sink.ts';
import type { DeviceQuality } from '../../core/signal-quality/device-score.ts';
import { SignalQuality } from '../../core/signal-quality/signal-quality.ts';
import type { NeuralTracer } from '../../core/tracing/neural-tracer.ts';
import type { BoardEvent, BoardInfo, SampleChunk } from '../boards/board.ts';
import { Accuracy } from './accuracy.ts';
import { Connection } from './connection.ts';
import { deviceLabels } from './labels.ts';
import { eyesClosed } from './models/eyes-closed.ts';
import { type BlockResult, Pipeline } from './pipeline.ts';
import { QualityMetrics } from './quality-metrics.ts';
import { UsableSeconds } from './usable-seconds.ts';

export interface MeasurementSettings {
  readonly board: BoardInfo;
  /** Becomes the label `session_id`. */
  readonly sessionId: string;
  readonly sink: MetricSink;
  /** Monotonic milliseconds: the clock that stamps the board's chunks. */
  readonly clock: { nowMs(): number };
  readonly tracer: NeuralTracer;
}

const OUTCOMES = ['completed', 'aborted'] as const;
export type SessionOutcome = (typeof OUTCOMES)[number];

export interface MeasurementSnapshot {
  /** Samples per channel. `expected` is what the nominal rate gives for the time since the first chunk. */
  readonly samples: { readonly received: number; readonly lost: number; readonly expected: number };
  readonly connected: boolean;
  /** Of the newest complete second. */
  readonly quality: DeviceQuality | undefined;
  readonly lastPrediction: BlockResult | undefined;
}

export interface Measurement {
  readonly onChunk: (chunk: SampleChunk) => void;
  readonly onEvent: (event: BoardEvent) => void;
  /** Looks at the clock: silence is a measurement, too. Call it ten times a second. */
  readonly tick: () => void;
  /** Counts the session as ended. */
  readonly end: (outcome: SessionOutcome) => void;
  readonly snapshot: () => MeasurementSnapshot;
}

export function createMeasurement({ board, sessionId, sink, clock, tracer }: MeasurementSettings): Measurement {
  const labels = deviceLabels(board);
  const startedMs = clock.nowMs();
  const connection = new Connection(board, labels, sink, startedMs);
  const quality = new SignalQuality({ ...board, channelCount: board.channelNames.length });
  const qualityMetrics = new QualityMetrics(board, labels, sessionId, sink);
  const usableSeconds = new UsableSeconds(labels, sessionId, sink);
  const pipeline = new Pipeline(board, sessionId, eyesClosed, tracer);
  const accuracy = new Accuracy();

  // A series that exists from the start can be seen to increase; one that appears with its first value cannot.
  for (const outcome of OUTCOMES) sink.counter('neural_sessions_total', { ...labels, outcome }).add(0);
  const duration = sink.gauge('neural_session_duration_seconds', { ...labels, session_id: sessionId });
  const throughput = new Throughput(sink.gauge('neural_processing_throughput_samples_per_second', labels));
  const overhead = sink.histogram('neural_monitor_overhead_seconds', { stage: 'signal-quality' });
  // Only a board that knows the truth gets the series: a ratio of nothing would look like a broken model.
  let accuracyGauge: Gauge | undefined;

  let firstChunkMs: number | undefined;
  let newest: DeviceQuality | undefined;
  let lastResult: BlockResult | undefined;
  /** Samples of the running silence that the quality already knows as missing. */
  let reportedMissing = 0;

  const onWindow = (window: DeviceQuality): void => {
    newest = window;
    qualityMetrics.set(window);
    usableSeconds.add(window);
  };
  const onResult = (result: BlockResult): void => {
    lastResult = result;
    if (result.truth === undefined) return;
    accuracyGauge ??= sink.gauge('neural_processing_accuracy_ratio', { ...labels, model_id: eyesClosed.id });
    accuracyGauge.set(accuracy.add(result.prediction.state === result.truth));
  };
  const skip = (count: number): void => {
    quality.skip(count, onWindow);
    if (count > 0) pipeline.forget();
  };

  return {
    onChunk(chunk) {
      firstChunkMs ??= chunk.hostTimeMs;
      const gap = connection.push(chunk);
      skip(Math.max(0, gap - reportedMissing));
      reportedMissing = 0;
      const begunMs = clock.nowMs();
      quality.push(chunk.channels, onWindow);
      overhead.observe((clock.nowMs() - begunMs) / 1000);
      pipeline.push(chunk, onResult);
      throughput.add(chunk.channels.length * (chunk.channels[0]?.length ?? 0));
    },

    onEvent(event) {
      connection.event(event, clock.nowMs());
      if (event.kind !== 'discontinuity' && event.kind !== 'connected') return;
      quality.forget();
      pipeline.forget();
    },

    tick() {
      const nowMs = clock.nowMs();
      const overdue = connection.tick(nowMs);
      if (overdue > reportedMissing) {
        skip(overdue - reportedMissing);
        reportedMissing = overdue;
      }
      duration.set((nowMs - startedMs) / 1000);
      throughput.tick(nowMs);
    },

    end(outcome) {
      sink.counter('neural_sessions_total', { ...labels, outcome }).add(1);
    },

    snapshot() {
      const forMs = firstChunkMs === undefined ? 0 : clock.nowMs() - firstChunkMs;
      return {
        samples: { ...connection.totals, expected: Math.round((forMs * board.sampleRateHz) / 1000) },
        connected: connection.isUp,
        quality: newest,
        lastPrediction: lastResult,
      };
    },
  };
}

/** Channel-samples per second, over the last whole second. */
class Throughput {
  readonly #gauge: Gauge;
  #count = 0;
  #sinceMs = Number.NaN;

  constructor(gauge: Gauge) {
    this.#gauge = gauge;
  }

  add(count: number): void {
    this.#count += count;
  }

  tick(nowMs: number): void {
    if (Number.isNaN(this.#sinceMs)) this.#sinceMs = nowMs;
    const forMs = nowMs - this.#sinceMs;
    if (forMs < 1000) return;
    this.#gauge.set((1000 * this.#count) / forMs);
    this.#count = 0;
    this.#sinceMs = nowMs;
  }
}

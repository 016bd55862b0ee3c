/**
 * The tracer that an application of the platform wraps around the steps of its neural pipeline: each step becomes a
 * span and one value of a duration histogram.
 *
 * Attributes tell how much was processed, never what: no sample and no feature value leaves the process by a trace.
 *
 * @example
 * const filtered = tracer.traceSignalProcessing('session-7', () => filter(block));
 * const features = tracer.traceFeatureExtraction(filtered, () => bandPowers(filtered));
 * const state = tracer.traceModelInference('eyes-closed', features, () => predict(features));
 */

import type { Histogram, MetricSink } from '../metrics/sink.ts';
import type { SpanContext } from './span.ts';
import { Tracer, type TracerSettings } from './tracer.ts';

export interface NeuralTracerSettings extends TracerSettings {
  readonly metrics: MetricSink;
  /** Labels of the duration histograms: `device_id`, `device_type`. */
  readonly labels: Readonly<Record<string, string>>;
}

export class NeuralTracer {
  readonly #tracer: Tracer;
  readonly #metrics: MetricSink;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #processing: Histogram;
  readonly #extraction: Histogram;
  readonly #inference = new Map<string, Histogram>();

  constructor(settings: NeuralTracerSettings) {
    this.#tracer = new Tracer(settings);
    this.#metrics = settings.metrics;
    this.#labels = settings.labels;
    this.#processing = this.#metrics.histogram('neural_signal_processing_duration_seconds', this.#labels);
    this.#extraction = this.#metrics.histogram('neural_feature_extraction_duration_seconds', this.#labels);
  }

  /** The whole way of one block: the parent of its three steps. */
  traceBlock<T>(sessionId: string, work: (context: SpanContext) => T): T {
    return this.#tracer.trace('neural.block', { attributes: { 'session.id': sessionId } }, work);
  }

  traceSignalProcessing<T>(sessionId: string, work: () => T, parent?: SpanContext): T {
    return this.#tracer.trace(
      'neural.signal_processing',
      {
        attributes: { 'session.id': sessionId },
        parent,
        onEnd: (seconds) => this.#processing.observe(seconds),
      },
      work,
    );
  }

  /** `chunk`: one array of samples per channel; only its dimensions are noted. */
  traceFeatureExtraction<T>(chunk: readonly ArrayLike<number>[], work: () => T, parent?: SpanContext): T {
    return this.#tracer.trace(
      'neural.feature_extraction',
      {
        attributes: { 'neural.channels': chunk.length, 'neural.samples': chunk[0]?.length ?? 0 },
        parent,
        onEnd: (seconds) => this.#extraction.observe(seconds),
      },
      work,
    );
  }

  /** `features`: the model's input; only its length is noted. */
  traceModelInference<T>(modelId: string, features: ArrayLike<number>, work: () => T, parent?: SpanContext): T {
    return this.#tracer.trace(
      'neural.model_inference',
      {
        attributes: { 'model.id': modelId, 'model.features': features.length },
        parent,
        onEnd: (seconds) => this.#inferenceOf(modelId).observe(seconds),
      },
      work,
    );
  }

  #inferenceOf(modelId: string): Histogram {
    let histogram = this.#inference.get(modelId);
    if (histogram === undefined) {
      const labels = { ...this.#labels, model_id: modelId };
      histogram = this.#metrics.histogram('neural_model_inference_duration_seconds', labels);
      this.#inference.set(modelId, histogram);
    }
    return histogram;
  }
}

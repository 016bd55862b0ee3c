import { describe, expect, test } from '@jest/globals';
import { NeuralTracer } from '../../../core/tracing/neural-tracer.ts';
import { BoundedSpans } from '../../../core/tracing/span.ts';
import { Tracer } from '../../../core/tracing/tracer.ts';
import { RecordedMetrics } from '../../support/recorded-metrics.ts';

const EPOCH_MS = 1_800_000_000_000;
const LABELS = { device_id: 'd', device_type: 't' };

function setup(capacity = 100) {
  let nowMs = 0;
  let draw = 0;
  const spans = new BoundedSpans(capacity);
  const metrics = new RecordedMetrics();
  const settings = {
    clock: { epochMs: () => EPOCH_MS + nowMs, monotonicMs: () => nowMs },
    random: () => (draw++ % 97) / 97,
    spans,
  };
  return {
    spans,
    metrics,
    pass: (ms: number) => {
      nowMs += ms;
    },
    tracer: new Tracer(settings),
    neural: new NeuralTracer({ ...settings, metrics, labels: LABELS }),
  };
}

describe('a span', () => {
  test('has ids of the right form, a name, attributes, and times', () => {
    const { tracer, spans, pass } = setup();
    const work = (): string => {
      pass(12);
      return 'result';
    };
    expect(tracer.trace('step', { attributes: { size: 3 } }, work)).toBe('result');
    expect(spans.take()).toEqual([
      {
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
        name: 'step',
        startMs: EPOCH_MS,
        endMs: EPOCH_MS + 12,
        attributes: { size: 3 },
        status: 'unset',
      },
    ]);
  });

  test('belongs to the trace of its parent', () => {
    const { tracer, spans } = setup();
    tracer.trace('outer', {}, (parent) => tracer.trace('inner', { parent }, () => {}));
    const [inner, outer] = spans.take();
    expect(inner).toMatchObject({ traceId: outer!.traceId, parentSpanId: outer!.spanId });
    expect(outer!.parentSpanId).toBeUndefined();
  });

  test('ends when the promise settles that the work returned', async () => {
    const { tracer, spans, pass } = setup();
    let finish: (value: string) => void = () => {};
    const result = tracer.trace('wait', {}, () => new Promise<string>((resolve) => (finish = resolve)));
    pass(40);
    expect(spans.take()).toEqual([]);
    finish('done');
    expect(await result).toBe('done');
    expect(spans.take()[0]!.endMs).toBe(EPOCH_MS + 40);
  });

  test('of failed work has an error status and the type of the error, not its message; the error goes on', async () => {
    const { tracer, spans } = setup();
    const fail = (): never => {
      throw new RangeError('sample was 123456');
    };
    expect(() => tracer.trace('sync', {}, fail)).toThrow(RangeError);
    await expect(tracer.trace('async', {}, async () => fail())).rejects.toThrow(RangeError);
    const failed = spans.take();
    for (const span of failed) {
      expect(span).toMatchObject({ status: 'error', attributes: { 'exception.type': 'RangeError' } });
    }
    expect(JSON.stringify(failed)).not.toContain('123456');
  });

  test('never has an id of zeros, which would mean invalid', () => {
    const spans = new BoundedSpans(1);
    new Tracer({ clock: { epochMs: () => 0, monotonicMs: () => 0 }, random: () => 0, spans }).trace('x', {}, () => {});
    const [span] = spans.take();
    expect(span!.traceId).toMatch(/1$/);
    expect(span!.spanId).toMatch(/1$/);
  });
});

describe('the neural tracer', () => {
  test('observes each step in its histogram', () => {
    const { neural, metrics, pass } = setup();
    neural.traceSignalProcessing('s', () => pass(5));
    neural.traceFeatureExtraction([[1, 2]], () => pass(20));
    neural.traceModelInference('m', [1, 2, 3], () => pass(50));
    neural.traceModelInference('m', [1, 2, 3], () => pass(60));
    expect(metrics.observations('neural_signal_processing_duration_seconds', LABELS)).toEqual([0.005]);
    expect(metrics.observations('neural_feature_extraction_duration_seconds', LABELS)).toEqual([0.02]);
    expect(metrics.observations('neural_model_inference_duration_seconds', { ...LABELS, model_id: 'm' })).toEqual([
      0.05, 0.06,
    ]);
  });

  test('counts the time of failed work, too', () => {
    const { neural, metrics, pass } = setup();
    const work = (): never => {
      pass(7);
      throw new Error('x');
    };
    expect(() => neural.traceSignalProcessing('s', work)).toThrow('x');
    expect(metrics.observations('neural_signal_processing_duration_seconds', LABELS)).toEqual([0.007]);
  });

  test('notes how much was processed, never what', () => {
    const { neural, spans } = setup();
    const samples = [new Float32Array([61379.375, -42.5]), new Float32Array([7, 8])];
    neural.traceBlock('s', (block) => {
      neural.traceFeatureExtraction(samples, () => {}, block);
      neural.traceModelInference('m', [0.123456], () => {}, block);
    });
    const taken = spans.take();
    expect(taken.map(({ attributes }) => attributes)).toEqual([
      { 'neural.channels': 2, 'neural.samples': 2 },
      { 'model.id': 'm', 'model.features': 1 },
      { 'session.id': 's' },
    ]);
    expect(new Set(taken.map(({ traceId }) => traceId)).size).toBe(1);
  });
});

describe('kept spans', () => {
  test('are bounded: the oldest go first and are counted', () => {
    const { tracer, spans } = setup(2);
    for (const name of ['a', 'b', 'c']) tracer.trace(name, {}, () => {});
    expect(spans.dropped).toBe(1);
    expect(spans.take().map(({ name }) => name)).toEqual(['b', 'c']);
    expect(spans.take()).toEqual([]);
  });
});

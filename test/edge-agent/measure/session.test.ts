import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../../core/metrics/catalogue.ts';
import { NeuralTracer } from '../../../core/tracing/neural-tracer.ts';
import { BoundedSpans } from '../../../core/tracing/span.ts';
import { type BoardConfig, openBoard } from '../../../edge-agent/boards/open.ts';
import { seededRandom } from '../../../edge-agent/boards/prng.ts';
import { createMeasurement } from '../../../edge-agent/measure/session.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { RecordedMetrics } from '../../support/recorded-metrics.ts';
import { describeWithShared, shared } from '../../support/shared-folder.ts';

async function measure(config: BoardConfig = { kind: 'generated', deviceId: 'lab-1' }) {
  const clock = new ManualClock();
  const board = await openBoard(config, clock, seededRandom(1));
  const { deviceType: device_type } = board.describe();
  const labels = { device_id: 'lab-1', device_type };
  const sink = new RecordedMetrics();
  const spans = new BoundedSpans(1000);
  const tracer = new NeuralTracer({
    clock: { epochMs: () => clock.nowMs(), monotonicMs: () => clock.nowMs() },
    random: seededRandom(2),
    spans,
    metrics: sink,
    labels,
  });
  const measurement = createMeasurement({ board: board.describe(), sessionId: 's1', sink, clock, tracer });
  await board.start(measurement.onChunk, measurement.onEvent);
  const tick = (): void => {
    measurement.tick();
    clock.setTimer(100, tick);
  };
  tick();
  return {
    board,
    sink,
    spans,
    measurement,
    seconds: (n: number) => clock.advance(1000 * n),
    value: (name: string, more: Record<string, string> = {}) => sink.value(name, { ...labels, ...more }),
    observations: (name: string, more: Record<string, string> = {}) => sink.observations(name, { ...labels, ...more }),
  };
}

describe('a steady session', () => {
  test('is connected, stable, on rate, without loss, of good quality', async () => {
    const { seconds, value, measurement } = await measure();
    seconds(65);
    expect(value('neural_device_connected')).toBe(1);
    expect(value('neural_device_connection_stability_ratio')).toBe(1);
    expect(value('neural_device_data_rate_hertz')).toBeCloseTo(250, 1);
    expect(value('neural_device_error_rate_ratio')).toBe(0);
    expect(value('neural_device_connection_failures_total')).toBe(0);
    expect(value('neural_device_samples_lost_total')).toBe(0);
    expect(value('neural_device_signal_quality_ratio')).toBeGreaterThan(0.95);
    expect(value('neural_data_quality_score', { session_id: 's1' })).toBeGreaterThan(0.95);
    expect(value('neural_processing_throughput_samples_per_second')).toBeCloseTo(2000, -2);
    expect(value('neural_session_duration_seconds', { session_id: 's1' })).toBeCloseTo(65, 0);
    const { received, lost, expected } = measurement.snapshot().samples;
    expect(received).toBe(value('neural_device_samples_total'));
    expect(lost).toBe(0);
    expect(Math.abs(received - expected)).toBeLessThanOrEqual(10);
  });

  test('counts its seconds, and which of them were usable: those of a silence are not', async () => {
    const { seconds, value, board } = await measure();
    seconds(30);
    const session = { session_id: 's1' };
    expect(value('neural_session_seconds_total', session)).toBeGreaterThanOrEqual(28);
    expect(value('neural_session_usable_seconds_total', session)).toBe(value('neural_session_seconds_total', session));
    board.inject({ kind: 'stall' });
    seconds(30);
    expect(value('neural_session_seconds_total', session)).toBeGreaterThanOrEqual(57);
    expect(value('neural_session_usable_seconds_total', session)).toBeLessThanOrEqual(31);
  });

  test('runs the pipeline four times a second, and its model is right most of the time', async () => {
    const { seconds, value, observations, spans } = await measure();
    seconds(60);
    // 63 samples a block: a quarter of a second, rounded up.
    expect(observations('neural_signal_processing_duration_seconds')).toHaveLength(Math.floor((60 * 250) / 63));
    const inferences = observations('neural_model_inference_duration_seconds', { model_id: 'eyes-closed' });
    expect(inferences.length).toBeGreaterThan(230);
    expect(observations('neural_feature_extraction_duration_seconds')).toHaveLength(inferences.length);
    expect(value('neural_processing_accuracy_ratio', { model_id: 'eyes-closed' })).toBeGreaterThan(0.85);
    expect(new Set(spans.take().map(({ name }) => name)).size).toBe(4);
  });

  test('emits only metrics that the catalogue knows, with its labels', async () => {
    const { seconds, sink } = await measure();
    seconds(3);
    for (const name of sink.names()) expect(Object.keys(catalogue)).toContain(name);
  });
});

describe('a session with trouble', () => {
  test('loses an electrode: contact, score and reason say so within two seconds, and recover', async () => {
    const { board, seconds, value } = await measure();
    seconds(10);
    expect(value('neural_channel_contact', { channel: 'O1' })).toBe(1);
    board.inject({ kind: 'electrode-detached', channel: 'O1' });
    seconds(2);
    expect(value('neural_channel_contact', { channel: 'O1' })).toBe(0);
    expect(value('neural_channel_quality_score', { channel: 'O1' })).toBe(0);
    expect(value('neural_channel_contact', { channel: 'O2' })).toBe(1);
    seconds(5);
    expect(value('neural_channel_faults', { reason: 'rail' })).toBe(1);
    expect(value('neural_device_signal_quality_ratio')).toBeCloseTo(0.875, 2);
    board.clear();
    seconds(8);
    expect(value('neural_channel_contact', { channel: 'O1' })).toBe(1);
    expect(value('neural_channel_faults', { reason: 'rail' })).toBe(0);
    expect(value('neural_channel_quality_score', { channel: 'O1' })).toBeGreaterThan(0.9);
  });

  test('falls silent: stale after a second, down within three, all channels missing, up again with the data', async () => {
    const { board, seconds, value } = await measure();
    seconds(30);
    board.inject({ kind: 'stall' });
    seconds(2);
    expect(value('neural_device_connected')).toBe(1);
    expect(value('neural_device_errors_total', { error_type: 'stale' })).toBe(1);
    seconds(4);
    expect(value('neural_device_connected')).toBe(0);
    expect(value('neural_device_connection_failures_total')).toBe(1);
    expect(value('neural_device_errors_total', { error_type: 'silent' })).toBe(1);
    expect(value('neural_device_signal_quality_ratio')).toBe(0);
    expect(value('neural_channel_faults', { reason: 'missing' })).toBe(8);
    expect(value('neural_device_error_rate_ratio')).toBeGreaterThan(0.4);
    expect(value('neural_device_connection_stability_ratio')).toBeLessThan(0.9);
    seconds(10);
    expect(value('neural_device_data_rate_hertz')).toBeCloseTo(0, 0);
    board.clear();
    seconds(5);
    expect(value('neural_device_connected')).toBe(1);
    expect(value('neural_device_signal_quality_ratio')).toBeGreaterThan(0.95);
    // The counter alone, 8 bits wide, would have said 160.
    expect(value('neural_device_samples_lost_total')).toBeCloseTo(16 * 250, -2);
    expect(value('neural_device_connection_failures_total')).toBe(1);
  });

  test('disconnects: at once down, and each reconnect costs stability', async () => {
    const { board, seconds, value } = await measure();
    seconds(70);
    board.inject({ kind: 'disconnected' });
    seconds(0.2);
    expect(value('neural_device_connected')).toBe(0);
    expect(value('neural_device_errors_total', { error_type: 'disconnected' })).toBe(1);
    board.clear();
    seconds(5);
    expect(value('neural_device_connected')).toBe(1);
    expect(value('neural_device_connection_failures_total')).toBe(1);
    expect(value('neural_device_connection_stability_ratio')).toBeCloseTo(0.9, 1);
  });

  test('loses samples: every one is counted', async () => {
    const { board, seconds, value } = await measure();
    seconds(10);
    board.inject({ kind: 'dropped-samples', share: 0.05 });
    seconds(60);
    board.clear();
    seconds(5);
    const received = value('neural_device_samples_total')!;
    expect(received + value('neural_device_samples_lost_total')!).toBe(75 * 250);
    expect(received).toBeLessThan(72.5 * 250);
    expect(value('neural_device_connection_stability_ratio')).toBeLessThan(0.98);
  });

  test('never shows a sample in a metric or a span', async () => {
    const { board, seconds, sink, spans } = await measure();
    board.inject({ kind: 'canary', channel: 'C3', waveform: [31_415.5, -27_182.25] });
    seconds(5);
    const out = JSON.stringify([spans.take(), ...sink.names().map((name) => sink.observations(name))]);
    expect(out).not.toMatch(/31415|27182/);
  });

  test('is counted when it ends', async () => {
    const { measurement, value } = await measure();
    measurement.end('completed');
    expect(value('neural_sessions_total', { outcome: 'completed' })).toBe(1);
  });
});

describeWithShared(['data/eeg'], 'a session of a real recording', () => {
  test('of 64 channels is measured in real time, without a loss', async () => {
    const file = shared('data/eeg/eegmmidb-S001R01.edf');
    const { seconds, value } = await measure({ kind: 'recorded', file, deviceId: 'lab-1', mainsHz: 60 });
    seconds(20);
    expect(value('neural_device_data_rate_hertz')).toBeCloseTo(160, 1);
    expect(value('neural_device_samples_lost_total')).toBe(0);
    expect(value('neural_device_signal_quality_ratio')).toBeGreaterThan(0.9);
    expect(value('neural_processing_accuracy_ratio', { model_id: 'eyes-closed' })).toBeUndefined();
  });

  test('of one second that loops keeps its connection and its verdicts', async () => {
    const file = shared('data/eeg/biosemi-mne-test.bdf');
    const { seconds, value } = await measure({ kind: 'recorded', file, deviceId: 'lab-1', mainsHz: 50 });
    seconds(8);
    expect(value('neural_device_connected')).toBe(1);
    expect(value('neural_device_data_rate_hertz')).toBeCloseTo(2048, -1);
    expect(value('neural_device_samples_lost_total')).toBe(0);
    expect(value('neural_channel_quality_score', { channel: 'FT7' })).toBe(0);
    expect(value('neural_channel_quality_score', { channel: 'Cz' })).toBeGreaterThan(0.8);
  });
});

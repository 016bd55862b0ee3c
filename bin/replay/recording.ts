import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { MetricRegistry } from '../../core/metrics/registry.ts';
import type { ColumnStore } from '../../core/promql/range/column-store.ts';
import { PointSeries } from '../../core/replay/points.ts';
import { NeuralTracer } from '../../core/tracing/neural-tracer.ts';
import { openRecording } from '../../edge-agent/boards/open.ts';
import { RecordedBoard } from '../../edge-agent/boards/recorded.ts';
import { deviceLabels } from '../../edge-agent/measure/labels.ts';
import { createMeasurement } from '../../edge-agent/measure/session.ts';
import type { Show } from './input.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The first sample's. Many recordings do not say when they were made, or name another day on purpose. */
export const RECORDING_START_MS = Date.UTC(2026, 0, 1);
const THING = 'replay';
const TICK_MS = 100;
/** As the agent collects. */
const COLLECT_MS = 1_000;

/** What the agent would have measured of a recorded board, once a second: the same code, only faster. */
export async function measureRecording(file: string, signal: AbortSignal, show: Show): Promise<ColumnStore> {
  const recording = await openRecording(file);
  const clock = new VirtualClock();
  const wallMs = (): number => RECORDING_START_MS + clock.nowMs();
  const deviceId = path.basename(file, path.extname(file));
  const board = new RecordedBoard(recording, { deviceId, loop: false }, clock);
  const info = board.describe();
  const registry = new MetricRegistry({ resource: { job: 'neural', instance: THING, thing: THING }, clock: wallMs });
  const tracer = new NeuralTracer({
    // What the steps took then is not known: here they take no time.
    clock: { epochMs: wallMs, monotonicMs: () => clock.nowMs() },
    random: () => 0,
    spans: { export: () => undefined },
    metrics: registry,
    labels: deviceLabels(info),
  });
  const measurement = createMeasurement({ board: info, sessionId: deviceId, sink: registry, clock, tracer });
  let hasEnded = false;
  await board.start(measurement.onChunk, (event) => {
    measurement.onEvent(event);
    if (event.kind === 'disconnected') hasEnded = true;
  });
  const points = new PointSeries();
  const lengthMs = (recording.length / recording.sampleRateHz) * 1000;
  while (!hasEnded) {
    clock.advanceTo(clock.nowMs() + TICK_MS);
    measurement.tick();
    if (clock.nowMs() % COLLECT_MS !== 0) continue;
    points.add([registry.collect(wallMs())], wallMs());
    if (clock.nowMs() % (10 * COLLECT_MS) !== 0) continue;
    show('measuring', Math.min(1, clock.nowMs() / lengthMs));
    await setImmediate();
    signal.throwIfAborted();
  }
  measurement.end('completed');
  return points.finish();
}

import type { MetricRegistry } from '../core/metrics/registry.ts';
import { NeuralTracer } from '../core/tracing/neural-tracer.ts';
import type { Board } from './boards/board.ts';
import type { Fault, FaultKind } from './boards/fault.ts';
import { type AgentClock, every } from './clock.ts';
import { deviceLabels } from './measure/labels.ts';
import { createMeasurement, type Measurement } from './measure/session.ts';
import type { DeviceStatus } from './status.ts';

/** A board whose faults can be switched: what `openBoard` gives. */
export interface AgentBoard extends Board {
  inject(fault: unknown): void;
  clear(kind?: FaultKind, channel?: string): void;
  faults(): readonly Fault[];
}

/** The silence between samples is looked at this often. */
const TICK_MS = 100;

/** A board while it is measured. Samples come in here and go no further: only measurements leave. */
export class BoardSession {
  readonly board: AgentBoard;
  private readonly measurement: Measurement;
  private readonly clock: AgentClock;
  private stopTicking: () => void = () => undefined;
  private isStarted = false;

  constructor(board: AgentBoard, sessionId: string, sink: MetricRegistry, clock: AgentClock, random: () => number) {
    this.board = board;
    this.clock = clock;
    const info = board.describe();
    const tracer = new NeuralTracer({
      clock: { epochMs: () => clock.epochMs(), monotonicMs: () => clock.nowMs() },
      random,
      // Their durations are kept as histograms; the spans themselves are sent nowhere yet.
      spans: { export: () => undefined },
      metrics: sink,
      labels: deviceLabels(info),
    });
    this.measurement = createMeasurement({ board: info, sessionId, sink, clock, tracer });
  }

  /** Says who wears the device, so that a bad device and a hard subject can be told apart. */
  wornBy(subject: string | undefined, sessionId: string, sink: MetricRegistry): void {
    if (subject === undefined) return;
    const labels = { ...deviceLabels(this.board.describe()), session_id: sessionId, subject };
    sink.gauge('neural_session_subject_info', labels).set(1);
  }

  async start(): Promise<void> {
    await this.ensureStarted();
    this.stopTicking = every(this.clock, TICK_MS, this.measurement.tick);
  }

  /** Begins the board's delivery if it has ended. */
  async ensureStarted(): Promise<void> {
    if (this.isStarted) return;
    await this.board.start(this.measurement.onChunk, this.measurement.onEvent);
    this.isStarted = true;
  }

  /** Closes the board and opens it again; the measurement goes on, and sees the gap. */
  async reconnect(): Promise<void> {
    if (this.isStarted) await this.board.stop();
    this.isStarted = false;
    await this.ensureStarted();
  }

  /** Without closing the port, where the board knows the difference. */
  async restartStream(): Promise<void> {
    if (this.isStarted && this.board.restartStream) await this.board.restartStream();
    else await this.reconnect();
  }

  async stop(): Promise<void> {
    this.stopTicking();
    await this.board.stop();
    this.measurement.end('completed');
  }

  samples(): { read: number; expected: number; lost: number } {
    const { received, expected, lost } = this.measurement.snapshot().samples;
    return { read: received, expected, lost };
  }

  status(): DeviceStatus {
    const { deviceId, deviceType, channelNames, sampleRateHz } = this.board.describe();
    const { connected, quality } = this.measurement.snapshot();
    return {
      deviceId,
      deviceType,
      channels: channelNames,
      sampleRateHz,
      connected,
      ...(quality === undefined ? {} : { quality: quality.score }),
      faults: this.board.faults(),
    };
  }
}

/** A board whose faults can be switched on and off while it runs. Without a fault it is the board it wraps. */

import type { Board, BoardEvent, BoardInfo, Clock, Random, SampleChunk } from './board.ts';
import { type Fault, type FaultKind, parseFault, type StallEnd } from './fault.ts';
import { FloatingElectrode } from './floating-electrode.ts';

/** Losses come in bursts (a 242-sample one was measured): samples that one loss takes, on average. */
const BURST_SAMPLES = 5;

export class FaultyBoard implements Board {
  readonly #board: Board;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #info: BoardInfo;
  readonly #faults: Fault[] = [];
  /** By channel: off, or on again and not settled yet. */
  readonly #electrodes = new Map<number, FloatingElectrode>();
  #onEvent: (event: BoardEvent) => void = () => {};
  #onChunk: (chunk: SampleChunk) => void = () => {};
  /** Samples of the running burst of losses that are still to be dropped. */
  #dropping = 0;
  #delivered = 0;
  #canaryAt = 0;

  constructor(board: Board, clock: Clock, random: Random) {
    this.#board = board;
    this.#clock = clock;
    this.#random = random;
    this.#info = board.describe();
  }

  describe(): BoardInfo {
    return this.#info;
  }

  /** Switches a fault on; `fault` may come from outside. Throws a `BoardError` when it makes no sense here. */
  inject(fault: unknown): void {
    const parsed = parseFault(fault, this.#info.channelNames);
    this.#faults.push(parsed);
    if (parsed.kind === 'disconnected') this.#onEvent({ kind: 'disconnected', reason: 'fault injected' });
    if (parsed.kind === 'electrode-detached') this.#electrodes.set(this.#index(parsed.channel), this.#electrode());
  }

  /** Ends the faults of a kind, or of a kind on one channel, or all. An electrode put back takes a second to settle. */
  clear(kind?: FaultKind, channel?: string): void {
    const wasDisconnected = this.#has('disconnected');
    for (let i = this.#faults.length - 1; i >= 0; i--) {
      const fault = this.#faults[i]!;
      if (kind !== undefined && fault.kind !== kind) continue;
      if (channel !== undefined && (!('channel' in fault) || fault.channel !== channel)) continue;
      this.#faults.splice(i, 1);
      if (fault.kind === 'electrode-detached') this.#electrodes.get(this.#index(fault.channel))?.attach();
    }
    if (wasDisconnected && !this.#has('disconnected')) this.#onEvent({ kind: 'connected' });
  }

  /** The faults that are on. */
  faults(): readonly Fault[] {
    return [...this.#faults];
  }

  async start(onChunk: (chunk: SampleChunk) => void, onEvent: (event: BoardEvent) => void): Promise<void> {
    this.#onEvent = onEvent;
    this.#onChunk = onChunk;
    this.#endStalls('stream-restart', 'reconnect');
    await this.#board.start(
      (chunk) => this.#pass(chunk, onChunk),
      (event) => {
        // A device that delivers nothing says nothing, either.
        if (!this.#isMute) onEvent(event);
      },
    );
  }

  async restartStream(): Promise<void> {
    this.#endStalls('stream-restart');
    const [onChunk, onEvent] = [this.#onChunk, this.#onEvent];
    if (this.#board.restartStream) await this.#board.restartStream();
    else {
      await this.#board.stop();
      await this.#board.start(
        (chunk) => this.#pass(chunk, onChunk),
        () => {},
      );
    }
    if (!this.#isMute) onEvent({ kind: 'discontinuity', reason: 'the stream was restarted' });
  }

  #endStalls(...ends: readonly StallEnd[]): void {
    for (let i = this.#faults.length - 1; i >= 0; i--) {
      const fault = this.#faults[i]!;
      if (fault.kind === 'stall' && fault.until !== undefined && ends.includes(fault.until)) this.#faults.splice(i, 1);
    }
  }

  get #isMute(): boolean {
    return this.#has('stall') || this.#has('disconnected');
  }

  stop(): Promise<void> {
    return this.#board.stop();
  }

  #pass(chunk: SampleChunk, onChunk: (chunk: SampleChunk) => void): void {
    if (this.#isMute) return;
    this.#addCanaries(chunk);
    for (const [channel, electrode] of this.#electrodes) {
      electrode.apply(chunk.channels[channel]!);
      if (electrode.settled) this.#electrodes.delete(channel);
    }
    for (const part of this.#afterLosses(chunk)) {
      this.#delivered += part.channels[0]!.length;
      onChunk(part);
    }
  }

  /** The chunk without the lost samples: what lies between two losses is a chunk of its own. */
  *#afterLosses(chunk: SampleChunk): Generator<SampleChunk> {
    const length = chunk.channels[0]?.length ?? 0;
    const share = this.#faults.find((fault) => fault.kind === 'dropped-samples')?.share ?? 0;
    // Bursts of BURST_SAMPLES begin so often that `share` of all samples is lost.
    const begin = share / (BURST_SAMPLES * (1 - share));
    if (share === 0) this.#dropping = 0;
    let from = 0;
    for (let i = 0; share > 0 && i < length; i++) {
      if (this.#dropping === 0 && this.#random() < begin) {
        this.#dropping = 1 + Math.floor(this.#random() * (2 * BURST_SAMPLES - 1));
        if (i > from) yield this.#slice(chunk, from, i);
      }
      if (this.#dropping > 0) {
        this.#dropping--;
        from = i + 1;
      }
    }
    if (from < length) yield this.#slice(chunk, from, length);
  }

  #slice(chunk: SampleChunk, from: number, to: number): SampleChunk {
    const { counterModulus } = this.#info;
    const { counter } = chunk;
    return {
      ...chunk,
      firstIndex: this.#delivered,
      hostTimeMs: this.#clock.nowMs(),
      ...(counter !== undefined && counterModulus && { counter: (counter + from) % counterModulus }),
      channels: chunk.channels.map((samples) => samples.subarray(from, to)),
    };
  }

  #addCanaries(chunk: SampleChunk): void {
    const length = chunk.channels[0]?.length ?? 0;
    for (const fault of this.#faults) {
      if (fault.kind !== 'canary') continue;
      const samples = chunk.channels[this.#index(fault.channel)]!;
      for (let i = 0; i < length; i++) {
        samples[i] = samples[i]! + fault.waveform[(this.#canaryAt + i) % fault.waveform.length]!;
      }
    }
    this.#canaryAt += length;
  }

  #electrode(): FloatingElectrode {
    const { sampleRateHz, fullScaleMicrovolts, mainsHz = 50 } = this.#info;
    return new FloatingElectrode(sampleRateHz, fullScaleMicrovolts, mainsHz, this.#random);
  }

  #index(channel: string): number {
    return this.#info.channelNames.indexOf(channel);
  }

  #has(kind: FaultKind): boolean {
    return this.#faults.some((fault) => fault.kind === kind);
  }
}

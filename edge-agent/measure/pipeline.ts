/**
 * A small neural pipeline of the kind that applications run: filter, band powers, linear model, four times a second,
 * each step within the tracer. It shows what processing costs on this host and this board.
 */

import type { NeuralTracer } from '../../core/tracing/neural-tracer.ts';
import type { BoardInfo, EyesState, SampleChunk } from '../boards/board.ts';
import { isPosterior } from '../boards/electrode-names.ts';
import { BandPowers } from './band-powers.ts';
import { BlockFilter } from './block-filter.ts';
import { type LinearModel, type Prediction, predict } from './linear-model.ts';

const BLOCK_SECONDS = 0.25;

export interface BlockResult {
  readonly prediction: Prediction;
  /** What the wearer really did, when it is known and was the same during the whole window. */
  readonly truth: EyesState | undefined;
}

export class Pipeline {
  readonly #sessionId: string;
  readonly #model: LinearModel;
  readonly #tracer: NeuralTracer;
  readonly #filter: BlockFilter;
  readonly #bands: BandPowers;
  readonly #block: readonly Float64Array[];
  readonly #posterior: readonly Float64Array[];
  readonly #windowLength: number;
  #filled = 0;
  #truth: EyesState | undefined;
  /** Samples since the wearer's state last changed. */
  #steady = 0;

  constructor(info: BoardInfo, sessionId: string, model: LinearModel, tracer: NeuralTracer) {
    const { channelNames, sampleRateHz, mainsHz } = info;
    const blockLength = Math.max(1, Math.round(BLOCK_SECONDS * sampleRateHz));
    // About a second: the power of two next to it.
    this.#windowLength = 2 ** Math.round(Math.log2(sampleRateHz));
    this.#sessionId = sessionId;
    this.#model = model;
    this.#tracer = tracer;
    this.#filter = new BlockFilter(channelNames.length, sampleRateHz, mainsHz, blockLength, this.#windowLength);
    this.#bands = new BandPowers(sampleRateHz, this.#windowLength);
    this.#block = channelNames.map(() => new Float64Array(blockLength));
    const posterior = this.#filter.windows.filter((_, c) => isPosterior(channelNames[c]!));
    // Names that tell no position (`EXG 1`): all channels have to do.
    this.#posterior = posterior.length > 0 ? posterior : this.#filter.windows;
  }

  /** Takes in a chunk; calls `onResult` for each block it completes, once there is a window's worth of samples. */
  push(chunk: SampleChunk, onResult: (result: BlockResult) => void): void {
    const length = chunk.channels[0]?.length ?? 0;
    const blockLength = this.#block[0]!.length;
    if (chunk.truth !== this.#truth) this.#steady = 0;
    this.#truth = chunk.truth;
    for (let from = 0; from < length; ) {
      const count = Math.min(length - from, blockLength - this.#filled);
      for (let c = 0; c < this.#block.length; c++) {
        this.#block[c]!.set(chunk.channels[c]!.subarray(from, from + count), this.#filled);
      }
      from += count;
      this.#filled += count;
      this.#steady += count;
      if (this.#filled === blockLength) this.#process(onResult);
    }
  }

  /** What follows does not continue what came before. */
  forget(): void {
    this.#filled = 0;
    this.#steady = 0;
    this.#filter.forget();
  }

  #process(onResult: (result: BlockResult) => void): void {
    this.#filled = 0;
    const prediction = this.#tracer.traceBlock(this.#sessionId, (block) => {
      this.#tracer.traceSignalProcessing(this.#sessionId, () => this.#filter.process(this.#block), block);
      if (!this.#filter.isFull) return undefined;
      const features = this.#tracer.traceFeatureExtraction(
        this.#posterior,
        () => this.#bands.relative(this.#posterior),
        block,
      );
      return this.#tracer.traceModelInference(this.#model.id, features, () => predict(this.#model, features), block);
    });
    if (prediction === undefined) return;
    onResult({ prediction, truth: this.#steady >= this.#windowLength ? this.#truth : undefined });
  }
}

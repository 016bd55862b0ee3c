/** A recording of a board: what the readers of the file formats give, and what `RecordedBoard` replays. */

import { BoardError } from './board.ts';

export interface Recording {
  readonly deviceType: string;
  /** Unique names in the order of the channels. */
  readonly channelNames: readonly string[];
  readonly sampleRateHz: number;
  /** Samples per channel. */
  readonly length: number;
  readonly fullScaleMicrovolts: number;
  /** The device's sample counter, where the file holds it. */
  readonly counter?: { readonly modulus: number; at(index: number): number };
  /** Samples `[from, from + count)` of one channel, microvolts. */
  read(channel: number, from: number, count: number): Float64Array;
}

/** A recording cannot be used. Lists everything that is wrong with the file. */
export class RecordingError extends BoardError {
  override readonly name = 'RecordingError';

  constructor(file: string, problems: readonly string[]) {
    super(
      problems.length === 1
        ? `recording ${file}: ${problems[0]}`
        : `recording ${file}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

/** Slower ones show no EEG: its bands reach up to 45 Hz, and half of them should be there. */
const LOWEST_RATE_HZ = 50;

/** Throws a `RecordingError` when the recording, though readable, cannot be measured. */
export function checkRecording(file: string, recording: Recording): Recording {
  const { sampleRateHz } = recording;
  if (sampleRateHz >= LOWEST_RATE_HZ) return recording;
  throw new RecordingError(file, [
    `its sample rate is ${sampleRateHz} Hz; it must be at least ${LOWEST_RATE_HZ} Hz. Choose a recording of EEG.`,
  ]);
}

/** Names as they are, but a repeated one gets a number: `Cz`, `Cz 2`. */
export function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} ${count}`;
  });
}

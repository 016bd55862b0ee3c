/** Opens the board that the configuration names: a recording by its file's extension, or the generator. */

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Board, BoardError, type Clock, type Random } from './board.ts';
import { readEdf } from './edf.ts';
import { FaultyBoard } from './faulty.ts';
import { GeneratedBoard, type GeneratedSettings } from './generated.ts';
import { readOpenBciText } from './openbci-text.ts';
import { RecordedBoard, type RecordedSettings } from './recorded.ts';
import { type Recording, RecordingError } from './recording.ts';

export type BoardConfig =
  | ({ readonly kind: 'generated' } & GeneratedSettings)
  | ({ readonly kind: 'recorded'; readonly file: string } & RecordedSettings);

const READERS: Readonly<Record<string, (file: string, bytes: Buffer) => Recording>> = {
  '.edf': readEdf,
  '.bdf': readEdf,
  '.txt': (file, bytes) => readOpenBciText(file, bytes.toString('utf8')),
};

/**
 * The board, wrapped so that faults can be injected while it runs; without a fault the wrapper passes everything on.
 * Throws a `BoardError` when the configuration or the recording cannot be used.
 */
export async function openBoard(config: BoardConfig, clock: Clock, random: Random): Promise<FaultyBoard> {
  return new FaultyBoard(await openPlain(config, clock, random), clock, random);
}

async function openPlain(config: BoardConfig, clock: Clock, random: Random): Promise<Board> {
  if (config.kind === 'recorded') return new RecordedBoard(await openRecording(config.file), config, clock);
  checkGenerated(config);
  return new GeneratedBoard(config, clock, random);
}

export async function openRecording(file: string): Promise<Recording> {
  const read = READERS[extname(file).toLowerCase()];
  if (read === undefined) {
    throw new RecordingError(file, [
      `its extension is "${extname(file)}"; it must be one of ${Object.keys(READERS).join(', ')} (EDF, BDF, raw text of the OpenBCI GUI). Convert it or choose another.`,
    ]);
  }
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new RecordingError(file, [`it cannot be read (${errorCode(error)}). Check the path and the permissions.`]);
  }
  return read(file, bytes);
}

function checkGenerated({ channelCount = 8, sampleRateHz = 250, mainsHz = 50 }: GeneratedSettings): void {
  const problems: string[] = [];
  if (!Number.isInteger(channelCount) || channelCount < 1 || channelCount > 256) {
    problems.push(`channelCount is ${channelCount}; it must be a whole number from 1 to 256`);
  }
  if (!(sampleRateHz >= 100 && sampleRateHz <= 16_000)) {
    problems.push(`sampleRateHz is ${sampleRateHz}; it must lie between 100 and 16000`);
  }
  if (mainsHz !== 50 && mainsHz !== 60) problems.push(`mainsHz is ${mainsHz}; it must be 50 or 60`);
  if (problems.length > 0) throw new BoardError(`generated board: ${problems.join('; ')}.`);
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

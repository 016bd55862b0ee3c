/** Opens the board that the configuration names: a recording by its file's extension, or the generator. */

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Board, BoardError, type Clock, type Random } from './board.ts';
import { readEdf } from './edf.ts';
import { FaultyBoard } from './faulty.ts';
import { GeneratedBoard, type GeneratedSettings } from './generated.ts';
import { readOpenBciText } from './openbci-text.ts';
import { RecordedBoard, type RecordedSettings } from './recorded.ts';
import { checkRecording, type Recording, RecordingError } from './recording.ts';

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
  checkConfig(config);
  if (config.kind === 'recorded') return new RecordedBoard(await openRecording(config.file), config, clock);
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
  return checkRecording(file, read(file, bytes));
}

function checkConfig(config: BoardConfig): void {
  const problems: string[] = [];
  const check = (name: string, value: unknown, allowed: string, valid: boolean): void => {
    if (!valid) problems.push(`${name} is ${JSON.stringify(value)}; it must be ${allowed}`);
  };
  const { deviceId, mainsHz = 50 } = config;
  check('deviceId', deviceId, 'a name that is not empty', deviceId !== '');
  check('mainsHz', mainsHz, '50 or 60', mainsHz === 50 || mainsHz === 60);
  if (config.kind === 'generated') {
    const { channelCount = 8, sampleRateHz = 250 } = config;
    const isCount = Number.isInteger(channelCount) && channelCount >= 1 && channelCount <= 256;
    check('channelCount', channelCount, 'a whole number from 1 to 256', isCount);
    const isRate = sampleRateHz >= 125 && sampleRateHz <= 16_000;
    check('sampleRateHz', sampleRateHz, 'between 125 and 16000', isRate);
  }
  if (problems.length > 0) throw new BoardError(`${config.kind} board: ${problems.join('; ')}.`);
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

import { existsSync, readFileSync } from 'node:fs';
import type { ColumnStore } from '../../core/promql/range/column-store.ts';
import { readSeries } from '../../core/replay/read-series.ts';
import { UserError } from '../../core/user-error.ts';
import { measureRecording } from './recording.ts';

export interface InputOptions {
  readonly series?: string | undefined;
  readonly recording?: string | undefined;
}

export type Show = (what: string, share: number) => void;

/** The series that the options name. @throws UserError, or ConfigurationError with every problem of the file */
export async function readInput(
  { series, recording }: InputOptions,
  signal: AbortSignal,
  show: Show,
): Promise<ColumnStore> {
  if ((series === undefined) === (recording === undefined)) {
    throw new UserError('say what to replay: --series FILE or --recording FILE');
  }
  if (recording !== undefined) return measureRecording(recording, signal, show);
  if (series === undefined || !existsSync(series)) throw new UserError(`there is no file ${series}`);
  return readSeries(readFileSync(series, 'utf8'), series);
}

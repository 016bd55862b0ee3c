/**
 * Reader of the OpenBCI GUI's raw text files. Two styles exist:
 *
 *     %OpenBCI Raw EEG Data                    (GUI 4)  no column names; counter, channels, accelerometer, time of day
 *     %OpenBCI Raw EXG Data                    (GUI 5, 6)  a line of column names; the time is epoch seconds or ms
 *
 * Both begin with `%` lines that state channels and rate, and give microvolts, DC-coupled.
 */

import { type Recording, RecordingError } from './recording.ts';

interface BoardKind {
  readonly deviceType: string;
  readonly fullScaleMicrovolts: number;
  /** How the first column counts: `step` per sample, starting anew at `wrap`; absent where it is not regular. */
  readonly counter?: { readonly step: number; readonly wrap: number };
}

/** Full scale of the ADS1299 at gain 24, 4.5 V reference. */
const CYTON_FULL_SCALE = 187_500;
const CYTON: BoardKind = {
  deviceType: 'openbci-cyton',
  fullScaleMicrovolts: CYTON_FULL_SCALE,
  counter: { step: 1, wrap: 256 },
};
/** Two boards take turns, so each pair of packets is one sample and the counter goes 0, 2, ... 254. */
const DAISY: BoardKind = {
  deviceType: 'openbci-cyton-daisy',
  fullScaleMicrovolts: CYTON_FULL_SCALE,
  counter: { step: 2, wrap: 256 },
};
/** MCP3912, 1.2 V reference, gain 51 * 1.5. Two samples share a counter value, in ways that differ by firmware. */
const GANGLION: BoardKind = { deviceType: 'openbci-ganglion', fullScaleMicrovolts: 15_686 };

/** No board has more; a wrong header must not ask for endless memory. */
const MAX_CHANNELS = 1024;
/** More faults than this say nothing new. */
const MAX_PROBLEMS = 5;

export function readOpenBciText(file: string, content: string): Recording {
  const lines = content.split(/\r?\n/);
  const header = lines.filter((line) => line.startsWith('%'));
  const { channels, sampleRateHz } = readHeader(file, header);
  const rows: Float64Array[] = Array.from({ length: channels }, () => new Float64Array(lines.length));
  const counters = new Float64Array(lines.length);
  const problems: string[] = [];
  let length = 0;
  for (let i = 0; i < lines.length && problems.length < MAX_PROBLEMS; i++) {
    const line = lines[i]!;
    if (line === '' || line.startsWith('%') || line.startsWith('Sample Index')) continue;
    const cells = line.split(',', channels + 1).map(parseCell);
    if (cells.length <= channels || cells.some(Number.isNaN)) {
      // The program or the cable stopped in the middle of the last line.
      if (i >= lines.length - 2 && length > 0) break;
      problems.push(`line ${i + 1} is "${clip(line)}"; it must begin with a counter and ${channels} numbers.`);
      continue;
    }
    counters[length] = cells[0]!;
    for (let c = 0; c < channels; c++) rows[c]![length] = cells[c + 1]!;
    length++;
  }
  if (problems.length === 0 && length === 0) problems.push('it has a header but no samples. Record again.');
  if (problems.length > 0) throw new RecordingError(file, problems);
  const kind = boardKind(header, channels);
  return {
    deviceType: kind.deviceType,
    channelNames: rows.map((_, c) => `EXG ${c + 1}`),
    sampleRateHz,
    length,
    fullScaleMicrovolts: kind.fullScaleMicrovolts,
    ...(kind.counter && {
      counter: {
        modulus: kind.counter.wrap / kind.counter.step,
        at: (index: number) => counters[index]! / kind.counter!.step,
      },
    }),
    read: (channel, from, count) => rows[channel]!.slice(from, from + count),
  };
}

function readHeader(file: string, header: readonly string[]): { channels: number; sampleRateHz: number } {
  if (!/^%\s*OpenBCI/i.test(header[0] ?? '')) {
    throw new RecordingError(file, [
      'its first line is not "%OpenBCI Raw EEG Data" or "%OpenBCI Raw EXG Data". Choose a raw file of the OpenBCI GUI, or an EDF or BDF file.',
    ]);
  }
  const problems: string[] = [];
  const read = (name: string, allowed: string, valid: (n: number) => boolean): number => {
    const line = header.find((text) => text.toLowerCase().startsWith(`%${name.toLowerCase()}`));
    const value = Number.parseFloat(line?.split('=')[1] ?? '');
    if (!valid(value))
      problems.push(`its header has ${line ? `"${line}"` : `no line "%${name} = ..."`}; it must give ${allowed}.`);
    return value;
  };
  const channels = read('Number of channels', `a whole number from 1 to ${MAX_CHANNELS}`, isChannelCount);
  const sampleRateHz = read('Sample Rate', 'a number above 0', (n) => n > 0);
  if (problems.length > 0) throw new RecordingError(file, problems);
  return { channels, sampleRateHz };
}

function isChannelCount(n: number): boolean {
  return Number.isInteger(n) && n >= 1 && n <= MAX_CHANNELS;
}

function boardKind(header: readonly string[], channels: number): BoardKind {
  const board = header.find((line) => line.startsWith('%Board')) ?? '';
  if (/ganglion/i.test(board) || channels === 4) return GANGLION;
  if (/daisy/i.test(board) || channels === 16) return DAISY;
  return CYTON;
}

function parseCell(cell: string): number {
  const text = cell.trim();
  return text === '' ? Number.NaN : Number(text);
}

function clip(line: string): string {
  return line.length > 40 ? `${line.slice(0, 40)}...` : line;
}

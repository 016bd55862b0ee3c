/** The header of an EDF or BDF file: 256 bytes, then 256 bytes per signal, all of it text in fields of fixed width. */

import { RecordingError } from './recording.ts';

export interface EdfSignal {
  readonly label: string;
  readonly unit: string;
  readonly physicalMin: number;
  readonly physicalMax: number;
  readonly digitalMin: number;
  readonly digitalMax: number;
  readonly samplesPerRecord: number;
  /** Where the signal's samples begin within a data record, bytes. */
  readonly offsetInRecord: number;
}

export interface EdfHeader {
  readonly bytesPerSample: 2 | 3;
  readonly headerBytes: number;
  readonly records: number;
  readonly recordSeconds: number;
  readonly recordBytes: number;
  readonly signals: readonly EdfSignal[];
}

/** The fields that each signal has, in the order of the file. */
const SIGNAL_FIELDS = [
  ['label', 16],
  ['transducer', 80],
  ['unit', 8],
  ['physicalMin', 8],
  ['physicalMax', 8],
  ['digitalMin', 8],
  ['digitalMax', 8],
  ['prefiltering', 80],
  ['samplesPerRecord', 8],
  ['reserved', 32],
] as const;
type SignalField = (typeof SIGNAL_FIELDS)[number][0];

/** Throws one `RecordingError` with all problems of the header. */
export function parseEdfHeader(file: string, bytes: Buffer): EdfHeader {
  const bytesPerSample = sampleSize(file, bytes);
  const problems: string[] = [];
  const text = (from: number, to: number): string => bytes.toString('latin1', from, to).trim();
  const number = (name: string, value: string, allowed: string, valid: (n: number) => boolean): number => {
    const parsed = value === '' ? Number.NaN : Number(value);
    if (!valid(parsed)) problems.push(`${name} is "${value}"; it must be ${allowed}.`);
    return parsed;
  };

  if (text(192, 236).startsWith('EDF+D') || text(192, 236).startsWith('BDF+D')) {
    problems.push('it is discontinuous (EDF+D); only continuous recordings are replayed. Export it as EDF+C.');
  }
  const stated = number('the number of data records', text(236, 244), 'a whole number, or -1', Number.isInteger);
  const recordSeconds = number('the length of a data record', text(244, 252), 'seconds above 0', (n) => n > 0);
  const count = number('the number of signals', text(252, 256), 'a whole number above 0', isCount);
  if (problems.length > 0) throw new RecordingError(file, problems);

  const headerBytes = 256 * (count + 1);
  if (bytes.length < headerBytes) throw new RecordingError(file, [cutShort(bytes.length, headerBytes, 'header')]);
  const field = signalFieldReader(text, count);
  let recordBytes = 0;
  const signals = Array.from({ length: count }, (_, i): EdfSignal => {
    const label = field('label', i);
    const read = (name: SignalField, allowed: string, valid: (n: number) => boolean): number =>
      number(`${name} of signal ${i + 1} (${label})`, field(name, i), allowed, valid);
    const physicalMin = read('physicalMin', 'a number', Number.isFinite);
    const digitalMin = read('digitalMin', 'a whole number', Number.isInteger);
    const signal = {
      label,
      unit: field('unit', i),
      physicalMin,
      physicalMax: read(
        'physicalMax',
        'a number other than physicalMin',
        (n) => Number.isFinite(n) && n !== physicalMin,
      ),
      digitalMin,
      digitalMax: read(
        'digitalMax',
        `a whole number above ${digitalMin}`,
        (n) => Number.isInteger(n) && n > digitalMin,
      ),
      samplesPerRecord: read('samplesPerRecord', 'a whole number above 0', isCount),
      offsetInRecord: recordBytes,
    };
    recordBytes += signal.samplesPerRecord * bytesPerSample;
    return signal;
  });
  if (problems.length > 0) throw new RecordingError(file, problems);

  const present = Math.floor((bytes.length - headerBytes) / recordBytes);
  // -1 means that the recorder was still writing: then what is there counts.
  const records = stated === -1 ? present : stated;
  if (records < 1 || present < records) {
    throw new RecordingError(file, [cutShort(bytes.length, headerBytes + Math.max(1, records) * recordBytes, 'data')]);
  }
  return { bytesPerSample, headerBytes, records, recordSeconds, recordBytes, signals };
}

function sampleSize(file: string, bytes: Buffer): 2 | 3 {
  const version = bytes.toString('latin1', 0, 8);
  if (bytes.length >= 256 && version === '0       ') return 2;
  if (bytes.length >= 256 && version === '\u00ffBIOSEMI') return 3;
  throw new RecordingError(file, [
    bytes.length < 256
      ? `it is ${bytes.length} bytes long; an EDF or BDF header alone has 256. Copy the file again.`
      : `it begins with ${JSON.stringify(version)}; EDF begins with "0" and seven spaces, BDF with byte 255 and "BIOSEMI". Check that it is the file you mean.`,
  ]);
}

function signalFieldReader(text: (from: number, to: number) => string, count: number) {
  const begins = new Map<SignalField, { from: number; width: number }>();
  let from = 256;
  for (const [name, width] of SIGNAL_FIELDS) {
    begins.set(name, { from, width });
    from += width * count;
  }
  return (name: SignalField, signal: number): string => {
    const { from, width } = begins.get(name)!;
    return text(from + signal * width, from + (signal + 1) * width);
  };
}

function isCount(n: number): boolean {
  return Number.isInteger(n) && n > 0;
}

function cutShort(found: number, expected: number, part: string): string {
  return `it ends within its ${part}: ${found} bytes, expected at least ${expected}. Copy the file again.`;
}

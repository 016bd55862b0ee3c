/**
 * Reader of EDF, EDF+ (16 bit) and BioSemi's BDF, BDF+ (24 bit).
 * Formats: https://www.edfplus.info/specs/edf.html, .../edfplus.html; https://www.biosemi.com/faq/file_format.htm
 */

import { type EdfHeader, type EdfSignal, parseEdfHeader } from './edf-header.ts';
import { type Recording, RecordingError, uniqueNames } from './recording.ts';

/** Inputs that carry something else than EEG, for which the thresholds of signal quality are not made. */
const NOT_EEG = /annotations$|^status$|ecg|ekg|emg|eog|^(exg|resp|gsr|temp|plet|erg)/i;

const MICROVOLTS: Readonly<Record<string, number>> = { nV: 1e-3, uV: 1, µV: 1, mV: 1e3, V: 1e6 };

/** Decodes as it is read: the file's bytes stay in memory, samples do not. */
export function readEdf(file: string, bytes: Buffer): Recording {
  const header = parseEdfHeader(file, bytes);
  const candidates = header.signals.filter(
    (signal) => !NOT_EEG.test(signal.label) && MICROVOLTS[signal.unit] !== undefined,
  );
  if (candidates.length === 0) {
    const found = header.signals.map(({ label, unit }) => `${label} (${unit || 'no unit'})`).join(', ');
    throw new RecordingError(file, [
      `no EEG channel; it holds ${found}. EEG channels have the unit nV, uV, mV or V. Choose a recording of EEG.`,
    ]);
  }
  const perRecord = mostCommon(candidates.map(({ samplesPerRecord }) => samplesPerRecord));
  const signals = candidates.filter(({ samplesPerRecord }) => samplesPerRecord === perRecord);
  return {
    deviceType: header.bytesPerSample === 3 ? 'biosemi' : 'edf',
    channelNames: uniqueNames(signals.map(({ label }) => label.replace(/^EEG\s+/i, '').replace(/\.+$/, ''))),
    sampleRateHz: perRecord / header.recordSeconds,
    length: perRecord * header.records,
    fullScaleMicrovolts: Math.max(...signals.map(fullScale)),
    read: (channel, from, count) => decode(bytes, header, signals[channel]!, from, count),
  };
}

function fullScale({ physicalMin, physicalMax, unit }: EdfSignal): number {
  return Math.max(Math.abs(physicalMin), Math.abs(physicalMax)) * MICROVOLTS[unit]!;
}

function decode(bytes: Buffer, header: EdfHeader, signal: EdfSignal, from: number, count: number): Float64Array {
  const { bytesPerSample, headerBytes, recordBytes } = header;
  const scale =
    ((signal.physicalMax - signal.physicalMin) / (signal.digitalMax - signal.digitalMin)) * MICROVOLTS[signal.unit]!;
  const offset = signal.physicalMin * MICROVOLTS[signal.unit]! - signal.digitalMin * scale;
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const index = from + i;
    const record = Math.floor(index / signal.samplesPerRecord);
    const within = index - record * signal.samplesPerRecord;
    const at = headerBytes + record * recordBytes + signal.offsetInRecord + within * bytesPerSample;
    out[i] = bytes.readIntLE(at, bytesPerSample) * scale + offset;
  }
  return out;
}

function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

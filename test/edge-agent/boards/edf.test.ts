import { describe, expect, test } from '@jest/globals';
import { readEdf } from '../../../edge-agent/boards/edf.ts';
import { type EdfSpec, edfFile } from '../../support/edf-file.ts';

const FILE = 'a.edf';

function twoSignals(change: Partial<EdfSpec> = {}): EdfSpec {
  return {
    records: 2,
    signals: [
      { label: 'EEG Fp1.', values: [0, 1, 2, 3] },
      { label: 'Cz', physical: [-100, 100], digital: [-1000, 1000], values: [10, 20, -30, 1000] },
    ],
    ...change,
  };
}

describe('the EDF reader', () => {
  test('scales digital values to microvolts, across records', () => {
    const recording = readEdf(FILE, edfFile(twoSignals()));
    expect(recording).toMatchObject({ channelNames: ['Fp1', 'Cz'], sampleRateHz: 2, length: 4 });
    expect([...recording.read(0, 0, 4)]).toEqual([0, 1, 2, 3]);
    expect([...recording.read(1, 1, 3)]).toEqual([2, -3, 100].map((v) => expect.closeTo(v, 6)));
  });

  test('reads the 24 bits of BDF', () => {
    const values = [-8_388_608, -1, 0, 8_388_607];
    const signals = [{ label: 'A1', physical: [-262_144, 262_143] as const, values }];
    const recording = readEdf('a.bdf', edfFile({ bytesPerSample: 3, signals }));
    expect(recording).toMatchObject({ deviceType: 'biosemi', fullScaleMicrovolts: 262_144, sampleRateHz: 4 });
    expect([...recording.read(0, 0, 4)]).toEqual([-262_144, -0.516, -0.484, 262_143].map((v) => expect.closeTo(v, 3)));
  });

  test('converts millivolts, and leaves out annotations, status, other units and rates', () => {
    const signals = [
      { label: 'O1', unit: 'mV', physical: [-1, 1] as const, digital: [-1000, 1000] as const, values: [1, 2] },
      { label: 'O2', values: [5, 6] },
      { label: 'EDF Annotations', unit: '', values: [0, 0, 0] },
      { label: 'Status', unit: 'Boolean', values: [0, 0] },
      { label: 'HEOG', values: [0, 0] },
      { label: 'Temp', unit: 'degC', values: [37, 37] },
      { label: 'Slow', values: [1] },
    ];
    const recording = readEdf(FILE, edfFile({ signals }));
    expect(recording.channelNames).toEqual(['O1', 'O2']);
    expect([...recording.read(0, 0, 2)]).toEqual([expect.closeTo(1, 9), expect.closeTo(2, 9)]);
  });

  test('counts what is there when the recorder did not finish its header', () => {
    expect(readEdf(FILE, edfFile(twoSignals({ statedRecords: '-1' }))).length).toBe(4);
  });

  test('gives a repeated name a number', () => {
    const signals = ['Cz', 'Cz'].map((label) => ({ label, values: [0] }));
    expect(readEdf(FILE, edfFile({ signals })).channelNames).toEqual(['Cz', 'Cz 2']);
  });

  test.each([
    ['an empty file', Buffer.alloc(0), 'it is 0 bytes long'],
    ['another format', Buffer.alloc(500, 'hello '), 'it begins with "hello he"; EDF begins with "0"'],
    [
      'a cut header',
      edfFile(twoSignals()).subarray(0, 300),
      'it ends within its header: 300 bytes, expected at least 768',
    ],
    ['cut data', edfFile(twoSignals()).subarray(0, -1), 'it ends within its data: 783 bytes, expected at least 784'],
    ['a gap in time', edfFile(twoSignals({ reserved: 'EDF+D' })), 'it is discontinuous (EDF+D)'],
    ['no EEG', edfFile({ signals: [{ label: 'Status', values: [1] }] }), 'no EEG channel; it holds Status (uV)'],
  ])('refuses %s and says why', (_, bytes, message) => {
    expect(() => readEdf(FILE, bytes)).toThrow(`recording ${FILE}: ${message}`);
  });

  test('reports all problems of a header at once', () => {
    const signals = [
      { label: 'Cz', physical: [5, 5] as const, values: [0] },
      { label: 'Pz', digital: [10, -10] as const, values: [0] },
    ];
    expect(() => readEdf(FILE, edfFile({ signals }))).toThrow(
      /physicalMax of signal 1 \(Cz\) is "5"[\s\S]*digitalMax of signal 2 \(Pz\) is "-10"/,
    );
    expect(() => readEdf(FILE, edfFile(twoSignals({ recordSeconds: 'one', statedRecords: 'x' })))).toThrow(
      /the number of data records is "x"[\s\S]*the length of a data record is "one"/,
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { readOpenBciText } from '../../../edge-agent/boards/openbci-text.ts';

const FILE = 'a.txt';
const V6 = `%OpenBCI Raw EXG Data
%Number of channels = 4
%Sample Rate = 200 Hz
%Board = OpenBCI_GUI$BoardGanglionBLE
Sample Index, EXG Channel 0, EXG Channel 1, EXG Channel 2, EXG Channel 3, Accel Channel 0, Timestamp
0, 61379.36, 49492.89, -16597.06, -21309.75, 0.040, 1557936053329
1, 60973.46, 48972.47, -16279.02, -21050.13, 0.040, 1557936053336
`;

function v4(channels: number, counters: readonly number[]): string {
  const rows = counters.map((n) => [
    n,
    ...Array.from({ length: channels }, (_, c) => n + c / 10),
    0,
    0,
    0,
    '12:00:53.329',
  ]);
  return [
    '%OpenBCI Raw EEG Data',
    '%',
    `%Number of channels = ${channels}`,
    '%Sample Rate = 250.0 Hz',
    '%First Column = SampleIndex',
    '%Last Column = Timestamp ',
    ...rows.map((row) => row.join(', ')),
  ].join('\r\n');
}

describe('the reader of OpenBCI text', () => {
  test('reads a file of GUI 6 with its column names', () => {
    const recording = readOpenBciText(FILE, V6);
    expect(recording).toMatchObject({
      deviceType: 'openbci-ganglion',
      channelNames: ['EXG 1', 'EXG 2', 'EXG 3', 'EXG 4'],
      sampleRateHz: 200,
      length: 2,
    });
    expect(recording.counter).toBeUndefined();
    expect([...recording.read(2, 0, 2)]).toEqual([-16597.06, -16279.02]);
  });

  test('reads a file of GUI 4 without column names, and its counter', () => {
    const recording = readOpenBciText(FILE, v4(8, [254, 255, 0, 3]));
    expect(recording).toMatchObject({ deviceType: 'openbci-cyton', fullScaleMicrovolts: 187_500, length: 4 });
    expect([0, 1, 2, 3].map((i) => recording.counter!.at(i))).toEqual([254, 255, 0, 3]);
    expect(recording.counter!.modulus).toBe(256);
    expect([...recording.read(7, 1, 2)]).toEqual([255.7, 0.7]);
  });

  test('knows that the counter of a Cyton with Daisy goes by two', () => {
    const { deviceType, counter } = readOpenBciText(FILE, v4(16, [252, 254, 0]));
    expect(deviceType).toBe('openbci-cyton-daisy');
    expect([counter!.modulus, counter!.at(0), counter!.at(1), counter!.at(2)]).toEqual([128, 126, 127, 0]);
  });

  test('forgives a last line that was cut', () => {
    expect(readOpenBciText(FILE, `${V6}2, 60973.46, 489`).length).toBe(2);
  });

  test.each([
    ['another text', 'hello', 'its first line is not "%OpenBCI Raw EEG Data"'],
    ['no samples', V6.split('\n').slice(0, 5).join('\n'), 'it has a header but no samples'],
  ])('refuses %s and says why', (_, content, message) => {
    expect(() => readOpenBciText(FILE, content)).toThrow(message);
  });

  test('reports all problems at once, with their lines', () => {
    expect(() => readOpenBciText(FILE, '%OpenBCI Raw EXG Data\n%Sample Rate = fast\n')).toThrow(
      /no line "%Number of channels = \.\.\."[\s\S]*"%Sample Rate = fast"/,
    );
    const broken = V6.replace('61379.36', 'x').replace('1, 60973.46', '1;').concat('2, 1, 2, 3, 4, 0, 0\n');
    expect(() => readOpenBciText(FILE, broken)).toThrow(/line 6 is "0, x[\s\S]*line 7 is "1;/);
  });
});

import { expect, test } from '@jest/globals';
import type { DeviceQuality } from '../../../core/signal-quality/device-score.ts';
import { SignalQuality } from '../../../core/signal-quality/signal-quality.ts';
import { openRecording } from '../../../edge-agent/boards/open.ts';
import { describeWithShared, shared } from '../../support/shared-folder.ts';

const CYTON = 'data/eeg/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt';
const BIOSEMI = 'data/eeg/biosemi-mne-test.bdf';
const EEGMMIDB = 'data/eeg/eegmmidb-S001R01.edf';

async function judge(file: string, mainsHz?: number): Promise<{ names: readonly string[]; seconds: DeviceQuality[] }> {
  const recording = await openRecording(shared(file));
  const { channelNames: names, length } = recording;
  const quality = new SignalQuality({ ...recording, channelCount: names.length, mainsHz });
  const seconds: DeviceQuality[] = [];
  quality.push(
    names.map((_, channel) => recording.read(channel, 0, length)),
    (second) => seconds.push(second),
  );
  return { names, seconds };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

describeWithShared([CYTON], 'signal quality of a real Cyton recording', () => {
  const judged = judge(CYTON, 60);
  const of = async (channel: number, from: number, to: number) =>
    (await judged).seconds.slice(from, to).map(({ channels }) => channels[channel - 1]!);

  test('finds all channels usable while the wearer is quiet', async () => {
    const quiet = (await judged).seconds.slice(28, 75);
    const all = quiet.flatMap(({ channels }) => channels);
    expect(all.filter(({ score }) => score >= 0.5).length / all.length).toBeGreaterThan(0.98);
    expect(median(quiet.map(({ score }) => score))).toBeGreaterThan(0.9);
    expect(all.every(({ contact }) => contact)).toBe(true);
  });

  test.each([3, 4, 5, 6])('blames muscles on channel %i while the jaw is clenched', async (channel) => {
    const clenched = [...(await of(channel, 8, 15)), ...(await of(channel, 82, 86))];
    const blamed = clenched.filter(({ why }) => why === 'emg');
    expect(blamed.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...blamed.map(({ score }) => score))).toBeLessThan(0.75);
    expect((await of(channel, 28, 75)).filter(({ why }) => why === 'emg')).toEqual([]);
  });

  test.each([1, 2, 7, 8])('leaves channel %i usable while the jaw is clenched', async (channel) => {
    const clenched = [...(await of(channel, 8, 15)), ...(await of(channel, 82, 86))];
    expect(Math.min(...clenched.map(({ score }) => score))).toBeGreaterThan(0.5);
  });

  test('finds the device bad while the wearer moves', async () => {
    const moving = (await judged).seconds.slice(86, 89).map(({ score }) => score);
    expect(median(moving)).toBeLessThan(0.55);
  });

  test('sees no muscles in blinks, and no blinks on the other channels', async () => {
    for (const second of [5, 15, 16]) {
      expect((await of(1, second, second + 1))[0]!.why).toBe('amp');
      expect((await of(7, second, second + 1))[0]!.score).toBeGreaterThan(0.8);
    }
  });
});

describeWithShared([BIOSEMI], 'signal quality of a real BioSemi recording', () => {
  test('finds FT7 bad, F3 suspect and the others clean', async () => {
    const { names, seconds } = await judge(BIOSEMI, 50);
    const score = (name: string) => seconds[0]!.channels[names.indexOf(name)]!;
    expect(score('FT7')).toMatchObject({ score: 0, why: 'amp' });
    expect(score('F3').score).toBeLessThan(0.8);
    expect(median(seconds[0]!.channels.map((channel) => channel.score))).toBeGreaterThan(0.95);
  });
});

describeWithShared([EEGMMIDB], 'signal quality of a real 64-channel recording', () => {
  test('finds more than 97 % of a minute of 64 channels usable, and blames only amplitude (blinks) for the rest', async () => {
    const { seconds } = await judge(EEGMMIDB, 60);
    expect(seconds).toHaveLength(61);
    // The file is padded with zeros within its last second.
    const all = seconds.slice(0, 60).flatMap(({ channels }) => channels);
    const bad = all.filter(({ score }) => score < 0.5);
    expect(1 - bad.length / all.length).toBeGreaterThan(0.97);
    expect(new Set(bad.map(({ why }) => why))).toEqual(new Set(['amp']));
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBoard, openRecording } from '../../../edge-agent/boards/open.ts';
import { seededRandom } from '../../../edge-agent/boards/prng.ts';
import { edfFile } from '../../support/edf-file.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { describeWithShared, shared } from '../../support/shared-folder.ts';

const clock = new ManualClock();
const random = seededRandom(1);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boards-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('opening a board', () => {
  test('chooses the generator', async () => {
    const board = await openBoard(
      { kind: 'generated', deviceId: 'lab-1', channelCount: 16, mainsHz: 60 },
      clock,
      random,
    );
    expect(board.describe()).toMatchObject({ deviceId: 'lab-1', deviceType: 'generated', mainsHz: 60 });
  });

  test('chooses the reader by the extension, in either case', async () => {
    const file = join(folder, 'A.EDF');
    await writeFile(file, edfFile({ signals: [{ label: 'Cz', values: [1, 2, 3] }] }));
    const board = await openBoard({ kind: 'recorded', file, deviceId: 'lab-2' }, clock, random);
    expect(board.describe()).toMatchObject({ deviceId: 'lab-2', deviceType: 'edf', sampleRateHz: 3 });
  });

  test.each([
    ['a.csv', 'its extension is ".csv"; it must be one of .edf, .bdf, .txt'],
    ['absent.edf', 'it cannot be read (ENOENT). Check the path'],
  ])('refuses %s in one sentence', async (name, message) => {
    await expect(openRecording(join(folder, name))).rejects.toThrow(message);
  });

  test('refuses an impossible generator, all problems at once', async () => {
    const config = { kind: 'generated', deviceId: 'd', channelCount: 0, sampleRateHz: 10, mainsHz: 55 } as const;
    await expect(openBoard(config, clock, random)).rejects.toThrow(
      /channelCount is 0; .*sampleRateHz is 10; .*mainsHz is 55; it must be 50 or 60/,
    );
  });
});

describeWithShared(['data/eeg'], 'the real recordings', () => {
  test.each([
    ['OpenBCI_GUI-v6-blinks-jawClench-alpha.txt', 'openbci-cyton', 8, 250, 22_490, 187_500],
    ['eegmmidb-S001R01.edf', 'edf', 64, 160, 61 * 160, 8092],
    ['biosemi-mne-test.bdf', 'biosemi', 66, 2048, 2048, 262_144],
  ])('%s opens', async (file, deviceType, channels, sampleRateHz, length, fullScaleMicrovolts) => {
    const recording = await openRecording(shared(`data/eeg/${file}`));
    expect(recording).toMatchObject({ deviceType, sampleRateHz, length, fullScaleMicrovolts });
    expect(recording.channelNames).toHaveLength(channels);
  });
});

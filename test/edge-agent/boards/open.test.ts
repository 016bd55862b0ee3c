import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openBoard, openRecording } from '../../../edge-agent/boards/open.ts';
import { seededRandom } from '../../../edge-agent/boards/prng.ts';
import { RecordingError } from '../../../edge-agent/boards/recording.ts';
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
    await writeFile(file, edfFile({ signals: [{ label: 'Cz', values: Array.from({ length: 160 }, (_, i) => i) }] }));
    const board = await openBoard({ kind: 'recorded', file, deviceId: 'lab-2' }, clock, random);
    expect(board.describe()).toMatchObject({ deviceId: 'lab-2', deviceType: 'edf', sampleRateHz: 160 });
  });

  test.each([
    ['a.csv', 'its extension is ".csv"; it must be one of .edf, .bdf, .txt'],
    ['absent.edf', 'it cannot be read (ENOENT). Check the path'],
  ])('refuses %s in one sentence', async (name, message) => {
    await expect(openRecording(join(folder, name))).rejects.toThrow(message);
  });

  test('refuses a recording that is too slow for EEG', async () => {
    const file = join(folder, 'slow.edf');
    await writeFile(file, edfFile({ signals: [{ label: 'Cz', values: [1, 2, 3] }] }));
    await expect(openRecording(file)).rejects.toThrow('its sample rate is 3 Hz; it must be at least 50 Hz');
  });

  test('refuses damaged files with one clear error, whatever the damage', async () => {
    const values = Array.from({ length: 160 }, (_, i) => i);
    const intact: Record<string, Buffer> = {
      '.edf': edfFile({ signals: [{ label: 'Cz', values }] }),
      '.bdf': edfFile({ bytesPerSample: 3, signals: [{ label: 'Cz', values }] }),
      '.txt': Buffer.from(
        '%OpenBCI Raw EXG Data\n%Number of channels = 2\n%Sample Rate = 250 Hz\n0, 1.5, 2.5\n1, 1.5, 2.5\n',
      ),
    };
    const refused = new Set<string>();
    const damage = fc.record({ at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 30 }) });
    await fc.assert(
      fc.asyncProperty(damage, fc.constantFrom('.edf', '.bdf', '.txt'), async ({ at, bytes }, extension) => {
        const content = Buffer.from(intact[extension]!);
        const from = at % Math.min(512, content.length);
        content.set(bytes.subarray(0, content.length - from), from);
        const file = join(folder, `damaged${extension}`);
        await writeFile(file, content);
        await openRecording(file).catch((error: unknown) => {
          expect(error).toBeInstanceOf(RecordingError);
          refused.add(extension);
        });
      }),
    );
    expect(refused.size).toBe(3);
  });

  test('refuses an impossible generator, all problems at once', async () => {
    const config = { kind: 'generated', deviceId: 'd', channelCount: 0, sampleRateHz: 10, mainsHz: 55 } as const;
    await expect(openBoard(config, clock, random)).rejects.toThrow(
      /mainsHz is 55; it must be 50 or 60; channelCount is 0; .*sampleRateHz is 10; /,
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

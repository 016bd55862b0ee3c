import { describe, expect, test } from '@jest/globals';
import type { SampleChunk } from '../../../edge-agent/boards/board.ts';
import { GeneratedBoard, type GeneratedSettings } from '../../../edge-agent/boards/generated.ts';
import { PinkNoise } from '../../../edge-agent/boards/pink-noise.ts';
import { approximatelyNormal, seededRandom } from '../../../edge-agent/boards/prng.ts';
import { BandPowers } from '../../../edge-agent/measure/band-powers.ts';
import { PowerSpectrum } from '../../../edge-agent/measure/fft.ts';
import { ManualClock } from '../../support/manual-clock.ts';

async function generate(seconds: number, seed: number, settings: Partial<GeneratedSettings> = {}) {
  const clock = new ManualClock();
  const board = new GeneratedBoard({ deviceId: 'd', ...settings }, clock, seededRandom(seed));
  const chunks: SampleChunk[] = [];
  await board.start(
    (chunk) => chunks.push(chunk),
    () => {},
  );
  clock.advance(1000 * seconds);
  await board.stop();
  const names = board.describe().channelNames;
  const channel = (name: string, of = chunks): number[] =>
    of.flatMap(({ channels }) => [...channels[names.indexOf(name)]!]);
  return { board, chunks, channel };
}

describe('a generated board', () => {
  test('delivers its rate exactly, numbered without a gap', async () => {
    const { chunks } = await generate(10, 1);
    let next = 0;
    for (const { firstIndex, counter, channels } of chunks) {
      expect([firstIndex, counter]).toEqual([next, next % 256]);
      next += channels[0]!.length;
    }
    expect(next).toBe(2500);
  });

  test('gives the same samples for the same seed, and others for another', async () => {
    const [a, b, c] = await Promise.all([generate(3, 7), generate(3, 7), generate(3, 8)]);
    expect(a.chunks).toEqual(b.chunks);
    expect(a.chunks).not.toEqual(c.chunks);
  });

  test('tells its charge every five seconds; a full battery lasts eight hours', async () => {
    const clock = new ManualClock();
    const board = new GeneratedBoard({ deviceId: 'd' }, clock, seededRandom(1));
    const charges: number[] = [];
    await board.start(
      () => {},
      (event) => {
        if (event.kind === 'battery') charges.push(event.ratio);
      },
    );
    clock.advance(60_000);
    await board.stop();
    expect(charges).toHaveLength(13);
    expect(charges).toEqual([...charges].sort((a, b) => b - a));
    expect(charges.at(-1)).toBeCloseTo(1 - 60 / (8 * 3600), 4);
  });

  test('has alpha at the back of the head while the eyes are closed, and knows when they are', async () => {
    const { chunks, channel } = await generate(90, 3);
    const share = (name: string, eyes: string): number => {
      const samples = channel(
        name,
        chunks.filter(({ truth }) => truth === eyes),
      );
      const offset = samples.reduce((a, b) => a + b, 0) / samples.length;
      const middle = samples.slice(1000, 1256).map((x) => x - offset);
      return new BandPowers(250, 256).relative([middle])[2]!;
    };
    expect(share('O1', 'eyes-closed')).toBeGreaterThan(share('O1', 'eyes-open') + 0.3);
    expect(share('O1', 'eyes-closed')).toBeGreaterThan(share('C3', 'eyes-closed') + 0.3);
  });

  test('blinks at the front, while the eyes are open', async () => {
    const { chunks, channel } = await generate(90, 3);
    // The difference of two channels: what they share cancels out.
    const range = (eyes: string): number => {
      const of = chunks.filter(({ truth }) => truth === eyes);
      const other = channel('C3', of);
      const difference = channel('Fp1', of).map((x, i) => x - other[i]!);
      return Math.max(...difference) - Math.min(...difference);
    };
    expect(range('eyes-open')).toBeGreaterThan(range('eyes-closed') + 30);
  });

  test('names as many channels as it is asked for, each once', async () => {
    const { board } = await generate(0.1, 1, { channelCount: 80, sampleRateHz: 500 });
    const { channelNames, sampleRateHz } = board.describe();
    expect(sampleRateHz).toBe(500);
    expect(new Set(channelNames).size).toBe(80);
    expect(channelNames.slice(0, 2)).toEqual(['Fp1', 'Fp2']);
    expect(channelNames[79]).toBe('Ch80');
  });
});

describe('pink noise', () => {
  test('has an RMS of about 1 and falls by about 3 dB per octave', () => {
    const noise = new PinkNoise(approximatelyNormal(seededRandom(1)));
    const samples = Float64Array.from({ length: 2 ** 16 }, () => noise.next());
    const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
    expect(rms).toBeGreaterThan(0.8);
    expect(rms).toBeLessThan(1.2);
    // An octave holds the same power wherever it lies: 2 to 4 Hz, 4 to 8, 8 to 16.
    const bins = new Float64Array(2 ** 15 + 1);
    new PowerSpectrum(2 ** 16).compute(samples, bins);
    const octave = (fromHz: number): number =>
      bins.subarray((fromHz * 2 ** 16) / 256, (2 * fromHz * 2 ** 16) / 256).reduce((a, b) => a + b, 0);
    for (const fromHz of [2, 4, 16]) expect(octave(fromHz) / octave(8)).toBeCloseTo(1, 0);
  });
});

describe('the random numbers', () => {
  test('are uniform enough, and the normal ones have mean 0 and deviation 1', () => {
    const random = seededRandom(42);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 100_000; i++) tenths[Math.floor(random() * 10)]!++;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    const normal = approximatelyNormal(random);
    const values = Array.from({ length: 100_000 }, normal);
    expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(0, 1);
    expect(Math.sqrt(values.reduce((a, b) => a + b * b, 0) / values.length)).toBeCloseTo(1, 1);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { DeviceQuality } from '../../../core/signal-quality/device-score.ts';
import { SignalQuality } from '../../../core/signal-quality/signal-quality.ts';
import { BoardError, type BoardEvent, type SampleChunk } from '../../../edge-agent/boards/board.ts';
import { FaultyBoard } from '../../../edge-agent/boards/faulty.ts';
import { GeneratedBoard } from '../../../edge-agent/boards/generated.ts';
import { seededRandom } from '../../../edge-agent/boards/prng.ts';
import { ManualClock } from '../../support/manual-clock.ts';

async function start() {
  const clock = new ManualClock();
  const inner = new GeneratedBoard({ deviceId: 'd' }, clock, seededRandom(1));
  const board = new FaultyBoard(inner, clock, seededRandom(2));
  const chunks: SampleChunk[] = [];
  const events: BoardEvent[] = [];
  const seconds: DeviceQuality[] = [];
  const quality = new SignalQuality({ ...board.describe(), channelCount: 8 });
  await board.start(
    (chunk) => {
      chunks.push(chunk);
      quality.push(chunk.channels, (second) => seconds.push(second));
    },
    (event) => events.push(event),
  );
  const samples = () => chunks.reduce((sum, { channels }) => sum + channels[0]!.length, 0);
  return { clock, board, chunks, events, seconds, samples };
}

describe('a faulty board', () => {
  test('is the board it wraps as long as nothing is injected', async () => {
    const clock = new ManualClock();
    const plain = new GeneratedBoard({ deviceId: 'd' }, clock, seededRandom(1));
    const expected: SampleChunk[] = [];
    await plain.start(
      (chunk) => expected.push(chunk),
      () => {},
    );
    clock.advance(2000);
    const { clock: other, chunks, board } = await start();
    other.advance(2000);
    expect(board.describe()).toEqual(plain.describe());
    expect(chunks.flatMap(({ channels }) => [...channels[3]!])).toEqual(
      expected.flatMap(({ channels }) => [...channels[3]!]),
    );
  });

  test.each([
    ['stream-restart', true, true],
    ['reconnect', false, true],
    [undefined, false, false],
  ] as const)(
    'that stalls until %s is cured by a restart of its stream: %s, by a reconnection: %s',
    async (until, ...cured) => {
      const cures = [
        (board: FaultyBoard) => board.restartStream(),
        async (board: FaultyBoard, onChunk: (chunk: SampleChunk) => void) => {
          await board.stop();
          await board.start(onChunk, () => {});
        },
      ];
      for (const [i, cure] of cures.entries()) {
        const { clock, board, samples, chunks } = await start();
        clock.advance(1000);
        board.inject({ kind: 'stall', ...(until ? { until } : {}) });
        const before = samples();
        clock.advance(1000);
        expect(samples()).toBe(before);
        await cure(board, (chunk) => chunks.push(chunk));
        clock.advance(1000);
        expect(samples() > before).toBe(cured[i]);
        board.clear('stall');
        clock.advance(1000);
        expect(samples()).toBeGreaterThan(before);
      }
    },
  );

  test('loses an electrode: that channel rails and has no contact, the others stay; put back, it recovers', async () => {
    const { clock, board, seconds } = await start();
    clock.advance(5000);
    board.inject({ kind: 'electrode-detached', channel: 'C3' });
    clock.advance(10_000);
    board.clear('electrode-detached', 'C3');
    clock.advance(10_000);
    const c3 = seconds.map(({ channels }) => channels[2]!);
    expect(c3[4]!.contact).toBe(true);
    expect(c3[5]).toMatchObject({ score: 0, contact: false });
    expect(c3[12]).toMatchObject({ score: 0, contact: false, why: 'rail' });
    expect(c3[20]!.contact).toBe(true);
    expect(c3[20]!.score).toBeGreaterThan(0.9);
    for (const { channels } of seconds)
      expect(Math.min(...channels.map((c, i) => (i === 2 ? 1 : c.score)))).toBeGreaterThan(0.8);
  });

  test('stays within what its converter can deliver', async () => {
    const { clock, board, chunks } = await start();
    board.inject({ kind: 'electrode-detached', channel: 'O2' });
    clock.advance(10_000);
    const magnitudes = chunks.flatMap(({ channels }) => [...channels[7]!]).map(Math.abs);
    expect(Math.max(...magnitudes)).toBe(187_500);
  });

  test('stalls without a word, and its counter goes on meanwhile', async () => {
    const { clock, board, chunks, events } = await start();
    clock.advance(1000);
    board.inject({ kind: 'stall' });
    const before = chunks.length;
    clock.advance(3000);
    expect(chunks).toHaveLength(before);
    board.clear('stall');
    clock.advance(40);
    expect(chunks.at(-1)!.counter).toBe(1000 % 256);
    expect(events.map(({ kind }) => kind)).toEqual(['connected', 'battery']);
  });

  test('loses the asked share of samples, each gap seen by the counter', async () => {
    const { clock, board, chunks, samples } = await start();
    board.inject({ kind: 'dropped-samples', share: 0.1 });
    clock.advance(60_000);
    const share = 1 - samples() / 15_000;
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
    let lost = 0;
    let next = chunks[0]!.counter!;
    for (const { counter, channels } of chunks) {
      lost += (counter! - next + 256) % 256;
      next = counter! + channels[0]!.length;
    }
    expect(Math.abs(15_000 - samples() - lost)).toBeLessThan(10);
    expect(chunks.every(({ firstIndex }, i) => i === 0 || firstIndex > chunks[i - 1]!.firstIndex)).toBe(true);
  });

  test('disconnects and connects again, and says both', async () => {
    const { clock, board, events, samples } = await start();
    board.inject({ kind: 'disconnected' });
    clock.advance(1000);
    expect(samples()).toBe(0);
    board.clear();
    clock.advance(1000);
    const connection = events.map(({ kind }) => kind).filter((kind) => kind !== 'battery');
    expect(connection).toEqual(['connected', 'disconnected', 'connected']);
    expect(samples()).toBeGreaterThan(240);
  });

  test('adds a canary to one channel and leaves the rest as it is', async () => {
    const [marked, clean] = [await start(), await start()];
    marked.board.inject({ kind: 'canary', channel: 'Fp2', waveform: [1, -2, 300] });
    for (const { clock } of [marked, clean]) clock.advance(400);
    const difference = (channel: number) =>
      marked.chunks.flatMap(({ channels }, k) =>
        [...channels[channel]!].map((x, i) => Math.round(x - clean.chunks[k]!.channels[channel]![i]!)),
      );
    expect(difference(1).slice(0, 6)).toEqual([1, -2, 300, 1, -2, 300]);
    expect(difference(1)).toHaveLength(100);
    expect(new Set(difference(0))).toEqual(new Set([0]));
  });

  test('tells which faults are on', async () => {
    const { board } = await start();
    board.inject({ kind: 'stall' });
    board.inject({ kind: 'dropped-samples', share: 0.5 });
    board.clear('stall');
    expect(board.faults()).toEqual([{ kind: 'dropped-samples', share: 0.5 }]);
  });

  test.each([
    [{ kind: 'explode' }, 'kind is "explode"; it must be one of electrode-detached, stall'],
    [null, 'kind is undefined'],
    [{ kind: 'electrode-detached', channel: 'C33' }, 'channel is "C33"; it must be one of Fp1, Fp2'],
    [{ kind: 'dropped-samples', share: 2 }, 'share is 2; it must be a number above 0 and below 1'],
    [{ kind: 'canary', channel: 'C', waveform: [] }, 'channel is "C"; it must be one of'],
    [{ kind: 'canary', channel: 'C3', waveform: ['a'] }, 'waveform must be a list of at least one number'],
  ])('refuses %j and says what is allowed', async (fault, message) => {
    const { board } = await start();
    expect(() => board.inject(fault)).toThrow(BoardError);
    expect(() => board.inject(fault)).toThrow(message);
    expect(board.faults()).toEqual([]);
  });
});

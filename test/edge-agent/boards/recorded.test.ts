import { describe, expect, test } from '@jest/globals';
import type { BoardEvent, SampleChunk } from '../../../edge-agent/boards/board.ts';
import { RecordedBoard } from '../../../edge-agent/boards/recorded.ts';
import type { Recording } from '../../../edge-agent/boards/recording.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** Samples 0, 1, 2, ... at 100 Hz, with the given counter. */
function recording(counters: readonly number[]): Recording {
  return {
    deviceType: 'test',
    channelNames: ['Cz'],
    sampleRateHz: 100,
    length: counters.length,
    fullScaleMicrovolts: 1000,
    counter: { modulus: 256, at: (i) => counters[i]! },
    read: (_, from, count) => Float64Array.from({ length: count }, (_unused, i) => from + i),
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

async function play(counters: readonly number[], loop?: boolean) {
  const clock = new ManualClock();
  const board = new RecordedBoard(recording(counters), { deviceId: 'd', ...(loop !== undefined && { loop }) }, clock);
  const chunks: SampleChunk[] = [];
  const events: BoardEvent[] = [];
  await board.start(
    (chunk) => chunks.push(chunk),
    (event) => events.push(event),
  );
  return { clock, board, chunks, events, values: () => chunks.flatMap(({ channels }) => [...channels[0]!]) };
}

describe('a recorded board', () => {
  test('delivers in real time, each sample once, also when timers come late', async () => {
    const { clock, values } = await play(range(0, 250));
    clock.advance(400);
    expect(values()).toEqual(range(0, 40));
    clock.advance(600);
    expect(values()).toEqual(range(0, 100));
  });

  test('starts over at the end and says so', async () => {
    const { clock, events, values, chunks } = await play(range(0, 50));
    clock.advance(800);
    expect(values()).toEqual([...range(0, 50), ...range(0, 30)]);
    expect(events).toEqual([{ kind: 'connected' }, { kind: 'discontinuity', reason: 'the recording starts over' }]);
    expect(chunks.at(-1)!.firstIndex + chunks.at(-1)!.channels[0]!.length).toBe(80);
  });

  test('disconnects at the end when it shall not loop', async () => {
    const { clock, events, values } = await play(range(0, 50), false);
    clock.advance(2000);
    expect(values()).toEqual(range(0, 50));
    expect(events.at(-1)).toEqual({ kind: 'disconnected', reason: 'the recording ended' });
  });

  test('replays a loss: the counter jumps and time passes without samples', async () => {
    const { clock, chunks, values } = await play([...range(0, 20), ...range(50, 70)]);
    clock.advance(480);
    expect(values()).toEqual(range(0, 20));
    clock.advance(80);
    expect(values()).toEqual(range(0, 26));
    expect(chunks.find(({ firstIndex }) => firstIndex === 20)).toMatchObject({ counter: 50 });
  });

  test('delivers nothing after it was stopped, and can start again', async () => {
    const { clock, board, values } = await play(range(0, 250));
    clock.advance(200);
    await board.stop();
    clock.advance(200);
    expect(values()).toHaveLength(20);
    await board.start(
      () => {},
      () => {},
    );
    await board.stop();
  });

  test('makes up for a host that was busy, and gives up what a sleeping one missed, as a device would', async () => {
    const { clock, values } = await play(range(0, 250));
    clock.sleep(1_000);
    clock.advance(40);
    expect(values()).toHaveLength(104);
    clock.sleep(60_000);
    clock.advance(40);
    expect(values()).toHaveLength(108);
    clock.advance(1_000);
    expect(values().length).toBeGreaterThan(204);
    expect(values().length).toBeLessThan(209);
  });
});

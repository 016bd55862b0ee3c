import { describe, expect, test } from '@jest/globals';
import { Pace } from '../../edge-agent/pace.ts';

const START = 1_000_000;
const newPace = () => new Pace({ publishMs: 10_000, liveMs: 1_000 });
/** Seconds (from the start) at which it is due, when asked every `periodMs`. */
const dueSeconds = (pace: Pace, fromMs: number, toMs: number, periodMs = 1_000) => {
  const due: number[] = [];
  for (let now = fromMs; now <= toMs; now += periodMs) if (pace.due(now)) due.push(Math.round((now - START) / 1_000));
  return due;
};

describe('the pace of publishing', () => {
  test('is due at once, and then every interval', () => {
    expect(dueSeconds(newPace(), START, START + 40_000)).toEqual([0, 10, 20, 30, 40]);
  });

  test('does not fall behind because timers are a little early or late', () => {
    for (const periodMs of [997, 1_000, 1_004]) {
      const due = dueSeconds(newPace(), START, START + 1_005_000, periodMs);
      expect(due).toHaveLength(101);
    }
  });

  test('is every second in live mode, from at once until its end', () => {
    const pace = newPace();
    dueSeconds(pace, START, START + 3_000);
    pace.live(START + 7_500, START + 3_500);
    expect(pace.liveUntil(START + 4_000)).toBe(START + 7_500);
    expect(dueSeconds(pace, START + 4_500, START + 25_000, 500)).toHaveLength(5);
    expect(pace.liveUntil(START + 7_500)).toBeUndefined();
  });

  test('is what healing asks for, even in live mode, until that expires or is taken back', () => {
    const pace = newPace();
    dueSeconds(pace, START, START + 3_000);
    pace.live(START + 600_000, START + 3_000);
    pace.ask(30_000, START + 65_000, START + 4_000);
    expect(dueSeconds(pace, START + 5_000, START + 64_000)).toEqual([5, 34, 64]);
    // It has expired by itself: the agent is in live mode still.
    expect(dueSeconds(pace, START + 66_000, START + 75_000).length).toBeGreaterThanOrEqual(9);
    pace.ask(30_000, START + 600_000, START + 76_000);
    pace.askNothing();
    expect(dueSeconds(pace, START + 77_000, START + 86_000).length).toBeGreaterThanOrEqual(9);
  });

  test('is not shortened by a shorter live mode', () => {
    const pace = newPace();
    pace.live(START + 60_000, START);
    pace.live(START + 10_000, START);
    expect(pace.liveUntil(START + 30_000)).toBe(START + 60_000);
  });

  test('goes on after the clock was set forward or back', () => {
    const pace = newPace();
    pace.due(START);
    expect(dueSeconds(pace, START + 500_000, START + 521_000)).toEqual([500, 510, 520]);
    expect(dueSeconds(pace, START, START + 25_000)).toEqual([10, 20]);
  });
});

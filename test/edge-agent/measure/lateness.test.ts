import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ArrivalRate } from '../../../edge-agent/measure/arrival-rate.ts';
import { Lateness } from '../../../edge-agent/measure/lateness.ts';
import { Seconds } from '../../../edge-agent/measure/seconds.ts';

const RATE = 250;
/** One chunk of ten samples each 40 ms. */
const CHUNK = 10;
const CHUNK_MS = 40;

/** Feeds chunks from `fromMs` on; `delayMs(i)` is how late chunk i is. Returns all excesses and losses. */
function feed(lateness: Lateness, fromMs: number, count: number, delayMs: (i: number) => number = () => 0) {
  const excesses: number[] = [];
  let lost = 0;
  let previous = 0;
  for (let i = 0; i < count; i++) {
    // Nothing overtakes.
    previous = Math.max(previous, fromMs + i * CHUNK_MS + delayMs(i));
    const result = lateness.push(previous, CHUNK, RATE);
    excesses.push(...result.excessesMs);
    lost += result.lost;
  }
  return { excesses, lost, endMs: fromMs + count * CHUNK_MS };
}

describe('lateness', () => {
  test('is zero for chunks that come regularly', () => {
    const { excesses, lost } = feed(new Lateness(256), 0, 500);
    expect(excesses).toHaveLength(500);
    expect(Math.max(...excesses)).toBeLessThan(1e-6);
    expect(lost).toBe(0);
  });

  test('is the delay of a chunk beyond the timely ones', () => {
    const { excesses } = feed(new Lateness(undefined), 0, 500, (i) => (i === 300 ? 35 : 0));
    expect(Math.max(...excesses)).toBeCloseTo(35, 6);
  });

  test('does not call the jitter of a healthy Bluetooth link a loss', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 178 }), { minLength: 10, maxLength: 400 }), (delays) => {
        for (const modulus of [undefined, 256]) {
          const { lost, excesses } = feed(new Lateness(modulus), 0, 1000, (i) => delays[i % delays.length]!);
          expect(lost).toBe(0);
          expect(excesses).toHaveLength(1000);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('does not call a burst after a second of silence a loss', () => {
    const lateness = new Lateness(256);
    const { lost, excesses } = feed(lateness, 0, 1000, (i) => (i >= 500 && i < 525 ? (525 - i) * CHUNK_MS : 0));
    expect(lost).toBe(0);
    expect(Math.max(...excesses)).toBeCloseTo(1000, 6);
  });

  test('finds how often the counter went round: 1,757 lost where it says 221', () => {
    const lateness = new Lateness(256);
    const { endMs } = feed(lateness, 0, 500);
    const gap = 1757 % 256;
    const { lost: first } = lateness.push(endMs + (1757 * 1000) / RATE, gap + CHUNK, RATE);
    const { lost, excesses } = feed(lateness, endMs + (1757 * 1000) / RATE + CHUNK_MS, 500);
    expect(gap + first + lost).toBe(1757);
    // The chunks after the gap were not late.
    expect(Math.max(...excesses)).toBeLessThan(5);
  });

  test('finds a loss without any counter', () => {
    const lateness = new Lateness(undefined);
    const { endMs } = feed(lateness, 0, 500);
    expect(feed(lateness, endMs + 3000, 200).lost).toBe(750);
  });

  test('tolerates a clock that is 0.1 % off for an hour', () => {
    const lateness = new Lateness(256);
    let lost = 0;
    for (let i = 0; i < 90_000; i++) lost += lateness.push(i * CHUNK_MS * 1.001, CHUNK, RATE).lost;
    expect(lost).toBe(0);
  });
});

describe('the arrival rate', () => {
  test('is the slope, not first to last: a burst at the start does not fool it', () => {
    const rate = new ArrivalRate();
    for (let i = 0; i <= 300; i++) rate.push(i * CHUNK_MS, i * CHUNK + (i > 0 ? 40 : 0));
    expect(rate.hertz()).toBeCloseTo(250, 0);
  });

  test('is unknown before there are three seconds, and forgets what is older than ten', () => {
    const rate = new ArrivalRate();
    for (let i = 0; i <= 74; i++) rate.push(i * CHUNK_MS, i * CHUNK);
    expect(rate.hertz()).toBeUndefined();
    for (let i = 75; i <= 250; i++) rate.push(i * CHUNK_MS, i * CHUNK);
    expect(rate.hertz()).toBeCloseTo(250, 6);
    for (let i = 251; i <= 510; i++) rate.push(i * CHUNK_MS, 2500 + (i - 250) * 5);
    expect(rate.hertz()).toBeCloseTo(125, 6);
  });
});

describe('the last sixty seconds', () => {
  /** One entry per second: what was received. */
  function stability(received: readonly number[], then: (seconds: Seconds, nowMs: number) => void = () => {}) {
    const seconds = new Seconds(100);
    seconds.advance(0);
    for (const [i, count] of received.entries()) seconds.add((i + 1) * 1000 + 500, 'received', count);
    const nowMs = (received.length + 1) * 1000;
    seconds.advance(nowMs);
    then(seconds, nowMs);
    return seconds.stability(0);
  }
  const steady = Array.from({ length: 60 }, () => 100);

  test('are stable when every second delivers', () => {
    expect(stability(steady)).toBe(1);
  });

  test('are stable when a late chunk is made up for in the next second', () => {
    expect(stability(steady.map((_, i) => [100, 80, 120][i % 3]!))).toBe(1);
  });

  test('lose a sixtieth for each second without data', () => {
    expect(stability(steady.map((n, i) => (i >= 20 && i < 26 ? 0 : n)))).toBeCloseTo(1 - 6 / 59, 2);
  });

  test('lose the error rate and a tenth per reconnect', () => {
    const value = stability(steady, (seconds, nowMs) => {
      seconds.add(nowMs, 'lost', 600);
      seconds.add(nowMs, 'reconnects', 2);
    });
    expect(value).toBeCloseTo(1 - 600 / 6500 - 0.2, 1);
    expect(stability(steady, (seconds, nowMs) => seconds.add(nowMs, 'reconnects', 20))).toBe(0);
  });

  test('are unknown before one second could be judged', () => {
    expect(stability([])).toBeUndefined();
    expect(stability([100])).toBeUndefined();
    expect(stability([100, 100])).toBe(1);
  });

  test('count bad frames and overdue samples as errors, over ten seconds', () => {
    const seconds = new Seconds(100);
    for (let i = 0; i < 20; i++) seconds.add(i * 1000, 'received', 90);
    seconds.add(19_000, 'bad', 50);
    expect(seconds.errorRate(50)).toBeCloseTo(100 / 1000);
    expect(new Seconds(100).errorRate(0)).toBe(0);
  });
});

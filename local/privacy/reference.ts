import { type BoardConfig, openBoard } from '../../edge-agent/boards/open.ts';
import { seededRandom } from '../../edge-agent/boards/prng.ts';

/** What is searched for: long enough to catch a leak of any stretch of the first minute, short enough to search fast. */
const SECONDS = 20;

/**
 * The waveform that a board of this configuration carries in its first channel: the canary that the egress inspector
 * looks for. Boards are deterministic, so the same board run here, on a clock that needs no waiting, gives the samples
 * that the agent sees.
 * @returns microvolts, one value a sample
 */
export async function referenceWaveform(config: BoardConfig, seed: number): Promise<number[]> {
  const clock = createFastClock();
  const board = await openBoard(config, clock, seededRandom(seed));
  const wanted = SECONDS * board.describe().sampleRateHz;
  const samples: number[] = [];
  await board.start(
    ({ channels }) => {
      samples.push(...(channels[0] ?? []));
    },
    () => undefined,
  );
  while (samples.length < wanted && clock.advance());
  await board.stop();
  return samples.slice(0, wanted);
}

/** A clock that jumps from timer to timer. */
function createFastClock() {
  let nowMs = 0;
  const timers = new Map<symbol, { atMs: number; callback: () => void }>();
  return {
    nowMs: () => nowMs,
    setTimer(delayMs: number, callback: () => void): () => void {
      const id = Symbol('timer');
      timers.set(id, { atMs: nowMs + Math.max(0, delayMs), callback });
      return () => void timers.delete(id);
    },
    /** Runs the next timer; false when there is none. */
    advance(): boolean {
      const [next] = [...timers].sort(([, a], [, b]) => a.atMs - b.atMs);
      if (!next) return false;
      const [id, { atMs, callback }] = next;
      timers.delete(id);
      nowMs = atMs;
      callback();
      return true;
    },
  };
}

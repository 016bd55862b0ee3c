/** Pseudo-random numbers from a seed, so that a run can be had again. */

import type { Random } from './board.ts';

/** Looked up once: it is called twice per random number. */
const { imul } = Math;

/** Mulberry32 (T. Ettinger, public domain): 32 bits of state, passes the usual tests, two multiplications. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = imul(state ^ (state >>> 15), state | 1);
    t ^= t + imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Standard normal numbers: the sum of three uniform ones is close enough for noise, and three times as fast as exact. */
export function approximatelyNormal(random: Random): Random {
  return () => (random() + random() + random() - 1.5) * 2;
}

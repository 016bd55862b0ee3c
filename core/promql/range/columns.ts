import type { Labels } from '../../metrics/model.ts';

/** Evaluation times: `firstMs`, `firstMs + stepMs`, ..., `count` of them. */
export interface Steps {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/**
 * One element of an instant vector over all steps of a chunk. Where `present[k]` is 0 the element is not in the vector of
 * step `k`, and `values[k]` means nothing. Both arrays may be longer than the chunk. Never written to once made.
 */
export interface Column {
  readonly values: Float64Array;
  readonly present: Uint8Array;
  /** At how many steps it is present. */
  readonly count: number;
}

/** Who a column is: the same for all chunks. */
export interface Element {
  readonly labels: Labels;
  /** The metric name no longer fits the value and is removed at the end. */
  readonly dropName: boolean;
}

/** The vectors of a chunk of steps, one column an element. */
export interface Block {
  readonly columns: readonly Column[];
  /**
   * Whether the elements present at a step stand there in the order of the columns. Sums of floats depend on the order;
   * who needs it asks.
   */
  readonly ordered: boolean;
}

export interface VectorOperator {
  readonly elements: readonly Element[];
  run(steps: Steps, arena: Arena): Block;
}

/** One value a step. */
export type ScalarOperator = (steps: Steps, arena: Arena) => Float64Array;

/** An expression, or what it meets in a chunk, that columns do not cover: the engine that takes one step at a time does. */
export class NotCovered extends Error {
  override readonly name = 'NotCovered';
}

export const EMPTY: Column = { values: new Float64Array(0), present: new Uint8Array(0), count: 0 };

let ones = new Uint8Array(1024).fill(1);

/** The presence of an element that is there at every step. */
export function allPresent(count: number): Uint8Array {
  if (ones.length < count) ones = new Uint8Array(count * 2).fill(1);
  return ones;
}

interface Pool<T> {
  readonly arrays: T[];
  used: number;
}

/** Arrays for what an evaluation computes in between, used again for the next one: fresh ones would cost more than sums. */
export class Arena {
  readonly #floats = new Map<number, Pool<Float64Array>>();
  readonly #bytes = new Map<number, Pool<Uint8Array>>();

  /** Of undefined contents. */
  floats(length: number): Float64Array {
    return take(this.#floats, length, (size) => new Float64Array(size));
  }

  /** Of undefined contents. */
  bytes(length: number): Uint8Array {
    return take(this.#bytes, length, (size) => new Uint8Array(size));
  }

  /** Nobody looks any more at what was taken so far. */
  reset(): void {
    for (const pool of this.#floats.values()) pool.used = 0;
    for (const pool of this.#bytes.values()) pool.used = 0;
  }
}

function take<T>(pools: Map<number, Pool<T>>, length: number, make: (size: number) => T): T {
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, length)));
  let pool = pools.get(size);
  if (!pool) {
    pool = { arrays: [], used: 0 };
    pools.set(size, pool);
  }
  const free = pool.arrays[pool.used] ?? make(size);
  pool.arrays[pool.used] = free;
  pool.used += 1;
  return free;
}

/** Whether two of the columns are present at the same step. */
export function overlap(columns: readonly Column[], count: number): boolean {
  const some = columns.filter((column) => column.count > 0);
  if (some.length < 2) return false;
  for (let k = 0; k < count; k += 1) {
    let there = 0;
    for (const { present } of some) there += present[k]!;
    if (there > 1) return true;
  }
  return false;
}

/** Where each key stands. */
export function positions(keys: readonly string[]): Map<string, number[]> {
  const byKey = new Map<string, number[]>();
  keys.forEach((key, i) => {
    const others = byKey.get(key);
    if (others) others.push(i);
    else byKey.set(key, [i]);
  });
  return byKey;
}

/** Sets of more than one index with equal keys. */
export function rivals(keys: readonly string[]): number[][] {
  return [...positions(keys).values()].filter(({ length }) => length > 1);
}

/** Throws where two columns that must not meet do: the engine knows what error that is, and at which step. */
export function refuseOverlap(columns: readonly Column[], sets: readonly (readonly number[])[], count: number): void {
  for (const set of sets) {
    const candidates = set.map((i) => columns[i] ?? EMPTY);
    if (overlap(candidates, count)) throw new NotCovered('series that become the same are present at one time');
  }
}

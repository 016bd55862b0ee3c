import type { Row } from './records.ts';

/**
 * Which records are already stored, so that writing them again changes nothing. Timestream's rule: the same dimensions,
 * measure name and time are the same record; it may be repeated as it is, and changed only with a higher version.
 *
 * Remembers only what lies inside the memory store's window: older records cannot be written any more.
 */
export class Versions {
  readonly #series = new Map<string, Map<bigint, { version: number; digest: number }>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** What to do with a row, and remembers it: `new` is appended, `replace` first deletes the old, `same` is skipped. */
  admit(row: Row): 'new' | 'replace' | 'same' | { readonly reason: string; readonly existingVersion?: number } {
    const key = seriesKey(row);
    const times = this.#series.get(key) ?? new Map<bigint, { version: number; digest: number }>();
    this.#series.set(key, times);
    const known = times.get(row.timeNs);
    const digest = digestOf(row);
    if (!known) {
      times.set(row.timeNs, { version: row.version, digest });
      this.#size += 1;
      return 'new';
    }
    if (row.version > known.version) {
      times.set(row.timeNs, { version: row.version, digest });
      return known.digest === digest ? 'same' : 'replace';
    }
    if (row.version < known.version) {
      return {
        reason: `The record version ${row.version} is lower than the existing version ${known.version}. A higher version is required to update the measure value.`,
        existingVersion: known.version,
      };
    }
    if (known.digest === digest) return 'same';
    return {
      reason:
        'A record already exists with the same time, dimensions, measure name, and record version. A higher record version must be specified in order to update the measure value.',
    };
  }

  /** Forgets records before `timeNs`. */
  forgetBefore(timeNs: bigint): void {
    for (const [key, times] of this.#series) {
      for (const time of times.keys()) {
        if (time >= timeNs) continue;
        times.delete(time);
        this.#size -= 1;
      }
      if (times.size === 0) this.#series.delete(key);
    }
  }
}

function seriesKey({ dimensions, measureName }: Row): string {
  let key = measureName;
  for (const name of Object.keys(dimensions).sort()) key += `\u0000${name}\u0001${dimensions[name]}`;
  return key;
}

/** FNV-1a over the measures: 32 bits suffice to tell a repeated record from a changed one. */
function digestOf({ measures }: Row): number {
  let hash = 0x811c9dc5;
  for (const { column, type, value } of measures) {
    for (const character of `${column}\u0000${type}\u0000${value}\u0001`) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    }
  }
  return hash;
}

/** What a store acknowledgement says: these messages of this boot are stored (or archived, or parked) for good. */
export interface StoreAcknowledgement {
  readonly boot: string;
  /** Inclusive ranges of sequence numbers, ascending, not touching. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

interface Pending {
  readonly boot: string;
  readonly seqs: Set<number>;
}

/**
 * Gathers what is stored and says when to tell which thing. An acknowledgement a message would cost as much as the
 * message, so they wait for `intervalMs`, unless the agent asked. What an ended instance had gathered is lost: the
 * agent sends those messages again and asks, and the store takes them as what it has.
 */
export function createAcknowledgements(intervalMs: number) {
  const things = new Map<string, { pending: Map<string, Pending>; dueMs: number }>();

  return {
    stored(thing: string, boot: string, seq: number, nowMs: number, isUrgent: boolean): void {
      const entry = things.get(thing) ?? { pending: new Map<string, Pending>(), dueMs: nowMs + intervalMs };
      things.set(thing, entry);
      const pending = entry.pending.get(boot) ?? { boot, seqs: new Set<number>() };
      entry.pending.set(boot, pending);
      pending.seqs.add(seq);
      if (isUrgent) entry.dueMs = nowMs;
    },

    /** Acknowledgements to publish now. Those that could not be published are handed back to `failed`. */
    takeDue(nowMs: number): { thing: string; acknowledgement: StoreAcknowledgement }[] {
      const due = [];
      for (const [thing, entry] of things) {
        if (entry.dueMs > nowMs || entry.pending.size === 0) continue;
        for (const { boot, seqs } of entry.pending.values()) {
          due.push({ thing, acknowledgement: { boot, ranges: toRanges([...seqs]) } });
        }
        things.set(thing, { pending: new Map(), dueMs: nowMs + intervalMs });
      }
      return due;
    },

    failed(thing: string, { boot, ranges }: StoreAcknowledgement, nowMs: number): void {
      for (const [from, to] of ranges) {
        for (let seq = from; seq <= to; seq += 1) this.stored(thing, boot, seq, nowMs, true);
      }
    },
  };
}

export type Acknowledgements = ReturnType<typeof createAcknowledgements>;

export function toRanges(seqs: readonly number[]): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (const seq of [...seqs].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && seq <= last[1] + 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Anchor, nextAnchor } from '../../../core/audit/anchor.ts';
import {
  type AuditEntry,
  type AuditEvent,
  CHAINS,
  canonical,
  genesis,
  hashOfEntry,
  headAfter,
  type Json,
  link,
} from '../../../core/audit/entry.ts';
import { verifyAnchors, verifyChain } from '../../../core/audit/verify.ts';

const CHAIN = '03';
const event = fc.record<AuditEvent>({
  atMs: fc.integer({ min: 0, max: 2 ** 45 }),
  actor: fc.string(),
  action: fc.constantFrom('alert firing', 'acknowledged', 'silence created'),
  subject: fc.string(),
  reason: fc.string({ unit: 'binary' }),
  detail: fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>, { maxKeys: 3 }),
});
const chain = fc
  .array(event, { minLength: 2, maxLength: 12 })
  .map((events) => link(genesis(CHAIN), events))
  // As it comes back from the table.
  .map((entries) => JSON.parse(JSON.stringify(entries)) as AuditEntry[]);
const place = fc.nat();

/** An anchor that has seen these entries, in a world where the other chains are empty. */
function anchorOf(entries: readonly AuditEntry[]): Anchor {
  const last = entries.at(-1);
  return nextAnchor(undefined, last ? { [CHAIN]: headAfter(last) } : {}, 1)!;
}

/** What a verification finds first: in the chain itself, else against the anchors. */
function verdict(entries: readonly AuditEntry[], anchors: readonly Anchor[]) {
  return verifyChain(CHAIN, entries) ?? verifyAnchors(anchors, { [CHAIN]: entries });
}

describe('an audit trail that nobody touched', () => {
  test('is whole, whatever was written in whatever pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.array(event, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), (batches) => {
        const entries: AuditEntry[] = [];
        const anchors: Anchor[] = [];
        for (const [index, events] of batches.entries()) {
          const last = entries.at(-1);
          entries.push(...link(last ? headAfter(last) : genesis(CHAIN), events));
          anchors.push(nextAnchor(anchors.at(-1), { [CHAIN]: headAfter(entries.at(-1)!) }, index)!);
        }
        expect(verdict(JSON.parse(JSON.stringify(entries)) as AuditEntry[], anchors)).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  test('gets no new anchor while nothing is appended', () => {
    const entries = link(genesis(CHAIN), [{ atMs: 1, actor: 'a', action: 'b', subject: 'c', reason: '', detail: {} }]);
    const first = anchorOf(entries);
    expect(nextAnchor(first, { [CHAIN]: headAfter(entries[0]!) }, 2)).toBeUndefined();
    expect(nextAnchor(undefined, {}, 1)).toBeUndefined();
  });
});

describe('any single change is found, and named where it is', () => {
  test('a member of an entry', () => {
    fc.assert(
      fc.property(chain, place, fc.constantFrom(...MEMBERS), (entries, at, member) => {
        const index = at % entries.length;
        const changed = entries.map((entry, i) => (i === index ? altered(entry, member) : entry));
        expect(verdict(changed, [])?.at).toBe(index);
      }),
      { numRuns: 200 },
    );
  });

  test('a member that is added to one', () => {
    fc.assert(
      fc.property(chain, place, (entries, at) => {
        const index = at % entries.length;
        const changed = entries.map((entry, i) => (i === index ? { ...entry, note: 'added' } : entry));
        expect(verdict(changed, [])?.at).toBe(index);
      }),
      { numRuns: 50 },
    );
  });

  test('an entry that is removed, the last included', () => {
    fc.assert(
      fc.property(chain, place, (entries, at) => {
        const index = at % entries.length;
        const left = entries.filter((_, i) => i !== index);
        expect(verdict(left, [anchorOf(entries)])?.at).toBe(index);
      }),
      { numRuns: 200 },
    );
  });

  test('an entry that is inserted, with a hash of its own that is right', () => {
    fc.assert(
      fc.property(chain, place, event, (entries, at, inserted) => {
        const index = at % entries.length;
        const before = entries[index - 1];
        const extra = link(before ? headAfter(before) : genesis(CHAIN), [inserted]);
        const changed = [...entries.slice(0, index), ...extra, ...entries.slice(index)];
        expect(verdict(changed, [])?.at).toBe(index + 1);
      }),
      { numRuns: 200 },
    );
  });

  test('two entries that changed places', () => {
    fc.assert(
      fc.property(chain, place, place, (entries, a, b) => {
        const [i, j] = [a % entries.length, b % entries.length];
        fc.pre(i !== j);
        const changed = [...entries];
        [changed[i], changed[j]] = [entries[j]!, entries[i]!];
        expect(verdict(changed, [])?.at).toBe(Math.min(i, j));
      }),
      { numRuns: 200 },
    );
  });

  test('a chain that was written anew from some entry on, every hash recomputed', () => {
    fc.assert(
      fc.property(chain, place, (entries, at) => {
        const index = at % entries.length;
        const before = entries[index - 1];
        const forged = entries.slice(index).map((entry) => ({ ...withoutSeal(entry), actor: `not ${entry.actor}` }));
        const changed = [...entries.slice(0, index), ...link(before ? headAfter(before) : genesis(CHAIN), forged)];
        expect(verifyChain(CHAIN, changed)).toBeUndefined();
        expect(verdict(changed, [anchorOf(entries)])).toMatchObject({ where: `chain ${CHAIN}` });
      }),
      { numRuns: 100 },
    );
  });

  test('a chain in the place of another, and anchors that were changed or removed', () => {
    const entries = link(genesis(CHAIN), [{ atMs: 1, actor: 'a', action: 'b', subject: 'c', reason: '', detail: {} }]);
    expect(verifyChain('04', entries)?.at).toBe(0);
    const first = anchorOf(entries);
    const second = nextAnchor(first, { [CHAIN]: { next: 1, hash: 'other' } }, 2)!;
    expect(verifyAnchors([second], {})).toMatchObject({ where: 'anchors', at: 0 });
    expect(verifyAnchors([{ ...first, atMs: 2 }], { [CHAIN]: entries })).toMatchObject({ where: 'anchors', at: 0 });
    expect(verifyAnchors([first], {})).toMatchObject({
      where: 'chain 03',
      at: 0,
      problem: expect.stringMatching(/removed/),
    });
  });
});

describe('the canonical encoding', () => {
  test('does not depend on the order of members, and tells different values apart', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [left, right] = [a, b] as [Json, Json];
        expect(canonical(reversed(left))).toBe(canonical(left));
        const same = JSON.stringify(JSON.parse(canonical(left))) === JSON.stringify(JSON.parse(canonical(right)));
        expect(canonical(left) === canonical(right)).toBe(same);
      }),
      { numRuns: 300 },
    );
    expect(canonical({ b: [1, 'ä'], a: null })).toBe('{"a":null,"b":[1,"ä"]}');
  });

  test('has not changed: what is stored must be verified for years', () => {
    const entry = {
      seq: 0,
      previousHash: genesis('00').hash,
      atMs: 1,
      actor: 'a',
      action: 'b',
      subject: 'c',
      reason: 'd',
    };
    expect(hashOfEntry({ ...entry, detail: { e: 1 } })).toBe(PINNED);
    expect(CHAINS).toHaveLength(16);
  });
});

const PINNED = 'c87adc25216b6dc41e8c6551ac33b5a86c81b24568d72b7b26c666e7c6be1f2e';
const MEMBERS = ['seq', 'atMs', 'actor', 'action', 'subject', 'reason', 'detail', 'previousHash', 'hash'] as const;

function altered(entry: AuditEntry, member: (typeof MEMBERS)[number]): AuditEntry {
  const value = entry[member];
  const other =
    typeof value === 'number' ? value + 1 : typeof value === 'string' ? `${value}x` : { ...value, x: true, y: 1 };
  return { ...entry, [member]: other };
}

function withoutSeal({ seq: _seq, previousHash: _previous, hash: _hash, ...rest }: AuditEntry): AuditEvent {
  return rest;
}

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => reversed(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member as Json)]),
  );
}

import { ANCHOR_GENESIS, type Anchor, hashOfAnchor } from './anchor.ts';
import { type AuditEntry, CHAINS, type ChainHead, genesis, hashOfEntry, headAfter } from './entry.ts';

/** Where the audit trail is not what it was: the first place in one chain, or among the anchors. */
export interface Break {
  /** `chain 07` or `anchors`. */
  readonly where: string;
  /** Number of the entry or anchor. */
  readonly at: number;
  readonly problem: string;
}

/** Says where a chain is broken first; undefined when every entry vouches for the one before. */
export function verifyChain(chain: string, entries: readonly AuditEntry[]): Break | undefined {
  let head = genesis(chain);
  for (const entry of entries) {
    const problem = problemOf(entry, head);
    if (problem) return { where: `chain ${chain}`, at: head.next, problem };
    head = headAfter(entry);
  }
  return undefined;
}

function problemOf(entry: AuditEntry, { next, hash }: ChainHead): string | undefined {
  if (entry.seq !== next) return `entry ${next} is missing: entry ${entry.seq} is in its place`;
  if (entry.previousHash !== hash) return 'it does not follow the entry before it: one of the two was replaced';
  return entry.hash === hashOfEntry(entry) ? undefined : 'its content was changed: its hash is another';
}

/**
 * Says where the anchors are broken first, or contradict a chain.
 * @param anchors by number
 * @param chains entries of each chain, verified before
 */
export function verifyAnchors(
  anchors: readonly Anchor[],
  chains: Readonly<Record<string, readonly AuditEntry[]>>,
): Break | undefined {
  let previousHash = ANCHOR_GENESIS;
  for (const [number, anchor] of anchors.entries()) {
    const at = { where: 'anchors', at: number };
    if (anchor.number !== number) {
      return { ...at, problem: `anchor ${number} is missing: anchor ${anchor.number} is in its place` };
    }
    if (anchor.previousHash !== previousHash) return { ...at, problem: 'it does not follow the anchor before it' };
    if (anchor.hash !== hashOfAnchor(anchor)) return { ...at, problem: 'its content was changed: its hash is another' };
    const contradicted = contradiction(anchor, chains);
    if (contradicted) return contradicted;
    previousHash = anchor.hash;
  }
  return undefined;
}

function contradiction(
  { number, atMs, heads }: Anchor,
  chains: Readonly<Record<string, readonly AuditEntry[]>>,
): Break | undefined {
  const when = `anchor ${number} of ${new Date(atMs).toISOString()}`;
  for (const chain of CHAINS) {
    const { next, hash } = heads[chain] ?? genesis(chain);
    const entries = chains[chain] ?? [];
    const where = `chain ${chain}`;
    if (entries.length < next) {
      const problem = `entries from here were removed: ${when} saw ${next} of them`;
      return { where, at: entries.length, problem };
    }
    const found = next === 0 ? genesis(chain).hash : entries[next - 1]?.hash;
    if (found !== hash) {
      return { where, at: Math.max(0, next - 1), problem: `the chain was rewritten: ${when} saw another entry here` };
    }
  }
  return undefined;
}

import { CHAINS, type ChainHead, canonical, genesis, type Json, sha256 } from './entry.ts';

/**
 * The heads of all chains at one time, kept where nobody can rewrite it. Whoever rewrites a chain, all its hashes
 * included, contradicts an anchor. Anchors are a chain themselves.
 */
export interface Anchor {
  /** From 0, without a gap. */
  readonly number: number;
  readonly atMs: number;
  /** By the name of the chain; one that has no entry yet is at its beginning. */
  readonly heads: Readonly<Record<string, ChainHead>>;
  readonly previousHash: string;
  readonly hash: string;
}

export const ANCHOR_GENESIS = sha256('nsmon audit anchors');

/** The anchor after `last`; undefined when nothing was appended since. */
export function nextAnchor(
  last: Anchor | undefined,
  heads: Readonly<Record<string, ChainHead>>,
  nowMs: number,
): Anchor | undefined {
  const all = Object.fromEntries(CHAINS.map((chain) => [chain, heads[chain] ?? genesis(chain)]));
  const before = last?.heads ?? {};
  if (CHAINS.every((chain) => all[chain]?.hash === (before[chain] ?? genesis(chain)).hash)) return undefined;
  const unsealed = {
    number: (last?.number ?? -1) + 1,
    atMs: nowMs,
    heads: all,
    previousHash: last?.hash ?? ANCHOR_GENESIS,
  };
  return { ...unsealed, hash: hashOfAnchor(unsealed) };
}

export function hashOfAnchor(anchor: Omit<Anchor, 'hash'>): string {
  const { hash: _stated, ...rest } = anchor as Anchor;
  return sha256(canonical(rest as unknown as Json));
}

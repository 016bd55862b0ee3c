import { type Anchor, nextAnchor } from '../../core/audit/anchor.ts';
import { CHAINS } from '../../core/audit/entry.ts';
import type { AlertsTable } from '../shared/alerts-table.ts';
import { headOf } from '../shared/audit.ts';

/** Where anchors are written once and for ever. */
export interface AnchorKeep {
  /** @returns what is kept under the anchor's number: this one, or the one that was there already */
  keep(anchor: Anchor): Promise<Anchor>;
}

export interface AnchorPorts {
  readonly table: AlertsTable;
  readonly anchors: AnchorKeep;
  readonly nowMs: () => number;
}

/** Beside the chains: tells the number of the next anchor. Proof is what is kept elsewhere. */
const COPIES = 'AUDIT#ANCHORS';

/**
 * Writes down where all chains end, unless nothing was appended since the last time. Kept elsewhere first: after a crash
 * in between the number is found taken, and what is there counts.
 * @returns the anchor, if there is a new one
 */
export async function anchorAudit({ table, anchors, nowMs }: AnchorPorts): Promise<Anchor | undefined> {
  const [last, heads] = await Promise.all([
    table.last<Anchor>(COPIES),
    Promise.all(CHAINS.map(async (chain) => [chain, await headOf(table, chain)] as const)),
  ]);
  const next = nextAnchor(last, Object.fromEntries(heads), nowMs());
  if (!next) return undefined;
  const kept = await anchors.keep(next);
  await table.append(COPIES, String(kept.number).padStart(12, '0'), kept);
  return kept;
}

import {
  type AuditEntry,
  type AuditEvent,
  CHAINS,
  type ChainHead,
  chainOf,
  genesis,
  headAfter,
  link,
} from '../../core/audit/entry.ts';
import type { AlertsTable } from './alerts-table.ts';
import { countLost } from './audit-lost.ts';

/** The audit trail: who did what, when and why. */
export interface Audit {
  /**
   * Appends events, in this order. It never fails whoever calls it: what could not be written after many attempts is
   * logged in full and counted, and an alarm tells people.
   */
  append(events: readonly AuditEvent[]): Promise<void>;
}

/** One item of a chain: entries that were appended together, under the number of the first. */
export interface AuditItem {
  readonly entries: readonly AuditEntry[];
}

/** Enough for every concurrent run of a function to be first once. */
const ATTEMPTS = 15;
/** Each is three tries of the SDK already. Whoever appends has more to do, and not much time. */
const MAX_FAILURES = 2;
/** Far below the 400 KB that an item may have. */
const ENTRIES_AN_ITEM = 50;

export const chainPartition = (chain: string): string => `AUDIT#${chain}`;
const sortKey = (seq: number): string => String(seq).padStart(12, '0');

/** @param lost told of events that could not be written; counts and logs them unless given */
export function audit(
  table: AlertsTable,
  lost: (events: readonly AuditEvent[], reason: unknown) => void = countLost,
): Audit {
  return {
    async append(events) {
      const byChain = new Map<string, AuditEvent[]>();
      for (const event of events) {
        const chain = chainOf(event.subject);
        byChain.set(chain, [...(byChain.get(chain) ?? []), event]);
      }
      await Promise.all([...byChain].map(([chain, ofChain]) => appendAll(table, chain, ofChain, lost)));
    },
  };
}

async function appendAll(
  table: AlertsTable,
  chain: string,
  events: readonly AuditEvent[],
  lost: (events: readonly AuditEvent[], reason: unknown) => void,
): Promise<void> {
  for (let i = 0; i < events.length; i += ENTRIES_AN_ITEM) {
    const batch = events.slice(i, i + ENTRIES_AN_ITEM);
    await appendBatch(table, chain, batch).catch((error: unknown) => lost(batch, error));
  }
}

/** @throws the table's error, or that others were faster every time */
async function appendBatch(table: AlertsTable, chain: string, events: readonly AuditEvent[]): Promise<void> {
  let failures = 0;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    // A busy chain is left to the others: any other keeps an event as well. By chance, or all would move on together.
    const tried = attempt === 1 ? chain : (CHAINS[Math.floor(Math.random() * CHAINS.length)] ?? chain);
    try {
      const head = await headOf(table, tried);
      if (await table.append<AuditItem>(chainPartition(tried), sortKey(head.next), { entries: link(head, events) })) {
        return;
      }
    } catch (error) {
      failures += 1;
      if (failures === MAX_FAILURES) throw error;
    }
    await table.backOff(attempt);
  }
  throw new Error(`others were faster ${ATTEMPTS} times in a row`);
}

/** Where a chain ends now. */
export async function headOf(table: AlertsTable, chain: string): Promise<ChainHead> {
  const last = (await table.last<AuditItem>(chainPartition(chain)))?.entries.at(-1);
  return last ? headAfter(last) : genesis(chain);
}

/** All entries of a chain, as they are stored. */
export async function readChain(table: AlertsTable, chain: string): Promise<AuditEntry[]> {
  const items = await table.list<AuditItem>(chainPartition(chain));
  return items.flatMap(({ document }) => document?.entries ?? []);
}

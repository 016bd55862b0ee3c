import type { AlertsTable, Versioned } from './alerts-table.ts';

/** Somebody else was faster, again and again: deliver the event once more, later. */
export class TooMuchContention extends Error {
  override readonly name = 'TooMuchContention';
}

/** With the pauses of the table about 15 s: half of what a function that routes alerts may take. */
const ATTEMPTS = 28;

/**
 * Reads, decides and writes one document until nobody came in between. `change` may run several times; the last one counts.
 * @param change gives the document to write, or undefined when there is nothing to write
 * @returns what is stored now, and what `change` said of it
 * @throws TooMuchContention
 */
export async function update<T, R>(
  table: AlertsTable,
  pk: string,
  sk: string,
  change: (before: Versioned<T> | undefined) => { readonly document: T | undefined; readonly result: R },
): Promise<{ readonly stored: Versioned<T> | undefined; readonly result: R }> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const before = await table.get<T>(pk, sk);
    const { document, result } = change(before);
    if (document === undefined || document === before?.document) return { stored: before, result };
    const version = await table.put(pk, sk, document, before?.version);
    if (version !== undefined) return { stored: { document, version }, result };
    await table.backOff(attempt);
  }
  throw new TooMuchContention(`${pk} ${sk} was changed by others ${ATTEMPTS} times in a row`);
}

import { createHash } from 'node:crypto';

/** A value that JSON has. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What somebody or something did, before it is in a chain. Holds handles of sessions, never a participant's name. */
export interface AuditEvent {
  readonly atMs: number;
  /** A person's name as they gave it, or the part of the system that did it: `escalation`. */
  readonly actor: string;
  /** `alert firing`, `acknowledged`, `silence created`, `notification delivered`, `healing started`. */
  readonly action: string;
  /** What it was done to: `group 5f0c...`, `silence 7d1a...`, `thing lab-1`. */
  readonly subject: string;
  /** Why, for people; empty when nobody gave one. */
  readonly reason: string;
  readonly detail: Readonly<Record<string, Json>>;
}

/** An event in its place: it vouches for everything before it in its chain. */
export interface AuditEntry extends AuditEvent {
  /** From 0, without a gap. */
  readonly seq: number;
  /** `hash` of the entry before; of the first, what `genesis` gives. */
  readonly previousHash: string;
  /** SHA-256 over the canonical encoding of all the rest, 64 hexadecimal digits. */
  readonly hash: string;
}

/** The end of a chain: `next` is the number of entries, `hash` that of the last. */
export interface ChainHead {
  readonly next: number;
  readonly hash: string;
}

/** Chains are written side by side, so that many functions rarely wait for each other. */
export const CHAINS: readonly string[] = Array.from({ length: 16 }, (_, index) => String(index).padStart(2, '0'));

/** Where a chain begins. Each begins with another hash, so that one cannot stand in for another. */
export function genesis(chain: string): ChainHead {
  return { next: 0, hash: sha256(`nsmon audit chain ${chain}`) };
}

/** The chain in which the history of a subject is, unless that chain was busy. */
export function chainOf(subject: string): string {
  return CHAINS[Number.parseInt(sha256(subject).slice(0, 8), 16) % CHAINS.length] ?? '00';
}

/** Puts events behind a head, in this order. */
export function link(head: ChainHead, events: readonly AuditEvent[]): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  let { next, hash } = head;
  for (const event of events) {
    const entry = sealed({ ...event, seq: next, previousHash: hash });
    entries.push(entry);
    next += 1;
    hash = entry.hash;
  }
  return entries;
}

/** The head of a chain that ends with this entry. */
export function headAfter({ seq, hash }: AuditEntry): ChainHead {
  return { next: seq + 1, hash };
}

function sealed(unsealed: Omit<AuditEntry, 'hash'>): AuditEntry {
  return { ...unsealed, hash: hashOfEntry(unsealed) };
}

/** What the `hash` of an entry must be. Members that no entry has count, too. */
export function hashOfEntry(entry: Omit<AuditEntry, 'hash'>): string {
  const { hash: _stated, ...rest } = entry as AuditEntry;
  return sha256(canonical(rest as unknown as Json));
}

/**
 * JSON with one spelling for each value: members by the UTF-16 units of their names, no spaces, numbers and strings as
 * ECMAScript writes them (RFC 8785). Members that are undefined are left out, as JSON does.
 */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((one: Json) => canonical(one)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member as Json)}`).join(',')}}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

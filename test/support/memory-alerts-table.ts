import type { AlertsTable, Versioned } from '../../lambdas/shared/alerts-table.ts';

/** The table `alerts` in memory: documents go through JSON, as they do in DynamoDB. */
export class MemoryAlertsTable implements AlertsTable {
  readonly #items = new Map<string, { readonly text: string; readonly version: number }>();
  readonly #nowMs: () => number;
  /** Called before each write; throw to crash there. */
  beforePut: (pk: string) => void = () => undefined;
  writes = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async get<T>(pk: string, sk: string): Promise<Versioned<T> | undefined> {
    const item = this.#items.get(`${pk} ${sk}`);
    return item && { document: JSON.parse(item.text) as T, version: item.version };
  }

  async list<T>(pk: string): Promise<Versioned<T>[]> {
    const keys = [...this.#items.keys()].filter((key) => key.startsWith(`${pk} `)).sort();
    const items = await Promise.all(keys.map((key) => this.get<T>(pk, key.slice(pk.length + 1))));
    return items.flatMap((item) => (item ? [item] : []));
  }

  async put<T>(pk: string, sk: string, document: T, version: number | undefined): Promise<number | undefined> {
    this.beforePut(pk);
    if (this.#items.get(`${pk} ${sk}`)?.version !== version) return undefined;
    const next = Math.max((version ?? 0) + 1, this.#nowMs());
    this.#items.set(`${pk} ${sk}`, { text: JSON.stringify(document), version: next });
    this.writes += 1;
    return next;
  }

  async last<T>(pk: string): Promise<T | undefined> {
    return (await this.list<T>(pk)).at(-1)?.document;
  }

  async append<T>(pk: string, sk: string, document: T): Promise<boolean> {
    if (this.#items.has(`${pk} ${sk}`)) return false;
    this.#items.set(`${pk} ${sk}`, { text: JSON.stringify(document), version: this.#nowMs() });
    return true;
  }

  /** Nobody waits: the clock of these tests stands still. */
  async backOff(): Promise<void> {}
}

import type { MetricStoreAccess } from '../../local/twin.ts';

/** Columns of a Timestream row that say what was measured; the others say of what and when. */
const MEASURES = new Set(['value', 'count', 'sum', 'min', 'max', 'p50', 'p95', 'p99', 'histogram']);

/** How many of a thing's points differ in series or time: as many as there are, unless some are stored twice. */
export async function countDistinct(store: MetricStoreAccess, thing: string): Promise<number> {
  return store.kind === 'timestream' ? distinctRows(store, thing) : distinctSamples(store, thing);
}

async function distinctRows(store: Extract<MetricStoreAccess, { kind: 'timestream' }>, thing: string): Promise<number> {
  let total = 0;
  for (const table of ['metrics', 'metrics_1m']) {
    if ((await columnsOf(store, table)).every((name) => name !== 'thing')) continue;
    const { columns, rows } = await store.query(
      `SELECT * FROM "${store.database}"."${table}" WHERE thing = '${thing}'`,
    );
    const keys = rows.map((row) => JSON.stringify(row.filter((_, i) => !MEASURES.has(columns[i]?.name ?? ''))));
    total += new Set(keys).size;
  }
  return total;
}

/** A table has no columns for dimensions before its first row. */
async function columnsOf(store: Extract<MetricStoreAccess, { kind: 'timestream' }>, table: string): Promise<string[]> {
  const { columns } = await store.query(`SELECT * FROM "${store.database}"."${table}" LIMIT 1`);
  return columns.map(({ name }) => name);
}

async function distinctSamples(
  { url, fetch }: Extract<MetricStoreAccess, { kind: 'prometheus' }>,
  thing: string,
): Promise<number> {
  const query = `{thing="${thing}"}[7d]`;
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await response.json()) as { data: { result: readonly Sampled[] } };
  const keys = data.result.flatMap(({ metric, values = [], histograms = [] }) =>
    [...values, ...histograms].map(([time]) => JSON.stringify([metric, time])),
  );
  return new Set(keys).size;
}

interface Sampled {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [time: number, value: string])[];
  readonly histograms?: readonly (readonly [time: number, histogram: unknown])[];
}

import { DuckDBTimestampValue, DuckDBTypeId, type DuckDBValue } from '@duckdb/node-api';
import { AwsError } from '../service.ts';
import { toDuckDb, unsupportedFunction } from './sql.ts';
import type { TimestreamStore } from './store.ts';

export type ScalarType = 'VARCHAR' | 'TIMESTAMP' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'INTEGER' | 'DATE';

export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: ScalarType }[];
  /** Values as Timestream writes them (`2026-11-23 10:00:00.000000000`, `1.0`); null where there is none. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Runs one statement of Timestream's SQL at the time `nowMs`. @throws AwsError ValidationException naming what is wrong */
export async function runQuery(store: TimestreamStore, sql: string, nowMs: number): Promise<QueryResult> {
  const listing = list(store, sql);
  if (listing) return listing;
  if (!/^\s*(\(|select\b|with\b)/i.test(sql)) {
    throw new AwsError(
      'ValidationException',
      `The query must be a SELECT, WITH or SHOW statement; received: ${sql.slice(0, 80)}`,
    );
  }
  const unknown = unsupportedFunction(sql);
  if (unknown) throw new AwsError('ValidationException', `The twin's Timestream has no function ${unknown}.`);
  try {
    const { reader } = store;
    const statements = await reader.extractStatements(toDuckDb(sql));
    if (statements.count !== 1) throw new Error('One statement is allowed per query.');
    await reader.run(`SET VARIABLE now = make_timestamp(${Math.floor(nowMs) * 1000})`);
    const result = await reader.runAndReadAll(toDuckDb(sql));
    const types = result.columnTypes().map(({ typeId }) => SCALAR_TYPES.get(typeId) ?? 'VARCHAR');
    return {
      columns: result
        .columnNames()
        .map((name, i) => ({ name: isNamed(name) ? name : `_col${i}`, type: types[i] ?? 'VARCHAR' })),
      rows: result.getRows().map((row) => row.map((value, i) => text(value, types[i] ?? 'VARCHAR'))),
    };
  } catch (error) {
    throw new AwsError('ValidationException', error instanceof Error ? error.message : String(error));
  }
}

/** An expression without an alias has no name in Timestream; DuckDB names it by its text. */
function isNamed(column: string): boolean {
  return /^[\w:.\- ]+$/.test(column) && !/^\d/.test(column);
}

function list(store: TimestreamStore, sql: string): QueryResult | undefined {
  const [, what, database] = /^\s*show\s+(databases|tables\s+from\s+"?([\w-]+)"?)\s*;?\s*$/i.exec(sql) ?? [];
  if (!what) return undefined;
  const names = database ? store.databases.get(database)?.keys() : store.databases.keys();
  if (!names) throw new AwsError('ValidationException', `The database ${database} does not exist.`);
  return {
    columns: [{ name: database ? 'Table' : 'Database', type: 'VARCHAR' }],
    rows: [...names].sort().map((name) => [name]),
  };
}

/** DuckDB's types as Timestream's; everything else is shown as text. */
const SCALAR_TYPES: ReadonlyMap<DuckDBTypeId, ScalarType> = new Map([
  [DuckDBTypeId.TIMESTAMP, 'TIMESTAMP'],
  [DuckDBTypeId.DATE, 'DATE'],
  [DuckDBTypeId.BOOLEAN, 'BOOLEAN'],
  [DuckDBTypeId.DOUBLE, 'DOUBLE'],
  [DuckDBTypeId.FLOAT, 'DOUBLE'],
  // Timestream reads `1.5` as a double, DuckDB as a decimal.
  [DuckDBTypeId.DECIMAL, 'DOUBLE'],
  [DuckDBTypeId.TINYINT, 'INTEGER'],
  [DuckDBTypeId.SMALLINT, 'INTEGER'],
  [DuckDBTypeId.INTEGER, 'INTEGER'],
  [DuckDBTypeId.BIGINT, 'BIGINT'],
  [DuckDBTypeId.UBIGINT, 'BIGINT'],
  [DuckDBTypeId.HUGEINT, 'BIGINT'],
]);

function text(value: DuckDBValue, type: ScalarType): string | null {
  if (value === null) return null;
  if (value instanceof DuckDBTimestampValue) {
    const iso = new Date(Number(value.micros / 1000n)).toISOString();
    const micros = String(((value.micros % 1000n) + 1000n) % 1000n).padStart(3, '0');
    return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${micros}000`;
  }
  return type === 'DOUBLE' ? doubleText(Number(String(value))) : String(value);
}

/** A double as Java writes it: always with a fraction, with an exponent below 0.001 and from 10 million. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e7)) {
    const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
  }
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance, DuckDBTimestampValue } from '@duckdb/node-api';
import type { MeasureType, Row } from './records.ts';
import { MACROS, quoted } from './sql.ts';
import { Versions } from './versions.ts';

export interface Retention {
  readonly memoryHours: number;
  readonly magneticDays: number;
  /** Records older than the memory store go to the magnetic store instead of being rejected. */
  readonly magneticWrites: boolean;
}

export interface Table {
  readonly database: string;
  readonly name: string;
  readonly retention: Retention;
  /** Column to type, in the order of the DuckDB table. */
  readonly columns: Map<string, MeasureType | 'DIMENSION'>;
  readonly versions: Versions;
}

export interface Rejection {
  readonly index: number;
  readonly reason: string;
  readonly existingVersion?: number;
}

/** How far in the future a record may lie: Timestream's quota. */
const FUTURE_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
const SQL_TYPES = {
  DIMENSION: 'VARCHAR',
  DOUBLE: 'DOUBLE',
  BIGINT: 'BIGINT',
  VARCHAR: 'VARCHAR',
  BOOLEAN: 'BOOLEAN',
  TIMESTAMP: 'TIMESTAMP',
};

/** Databases and tables of records in one DuckDB in memory. Writes go one after the other, queries beside them. */
export class TimestreamStore {
  readonly databases = new Map<string, Map<string, Table>>();
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly reader: DuckDBConnection;
  readonly #now: () => number;
  #writes: Promise<unknown> = Promise.resolve();
  #nextSweepMs = 0;

  static async open(now: () => number): Promise<TimestreamStore> {
    // A query must not reach the files of the machine; one thread leaves the second core to the rest of the twin.
    const instance = await DuckDBInstance.create(':memory:', { enable_external_access: 'false', threads: '1' });
    const reader = await instance.connect();
    for (const statement of [`SET integer_division = true`, ...MACROS]) await reader.run(statement);
    return new TimestreamStore(instance, await instance.connect(), reader, now);
  }

  private constructor(instance: DuckDBInstance, writer: DuckDBConnection, reader: DuckDBConnection, now: () => number) {
    this.#instance = instance;
    this.#writer = writer;
    this.reader = reader;
    this.#now = now;
  }

  async createDatabase(name: string): Promise<void> {
    if (this.databases.has(name)) return;
    this.databases.set(name, new Map());
    await this.#inTurn(() => this.#writer.run(`CREATE SCHEMA ${quoted(name)}`));
  }

  async createTable(database: string, name: string, retention: Retention): Promise<void> {
    await this.createDatabase(database);
    const columns: Table['columns'] = new Map([
      ['measure_name', 'VARCHAR'],
      ['time', 'TIMESTAMP'],
    ]);
    this.databases.get(database)?.set(name, { database, name, retention, columns, versions: new Versions() });
    const create = `CREATE TABLE ${quoted(database)}.${quoted(name)} (measure_name VARCHAR, "time" TIMESTAMP)`;
    await this.#inTurn(() => this.#writer.run(create));
  }

  table(database: string, name: string): Table | undefined {
    return this.databases.get(database)?.get(name);
  }

  /** Stores what can be stored of `rows` (by their index in the request) and tells what cannot. */
  write(table: Table, rows: readonly { index: number; row: Row }[]): Promise<Rejection[]> {
    return this.#inTurn(async () => {
      const rejections: Rejection[] = [];
      let accepted: Row[] = [];
      const memoryFromNs = nanoseconds(this.#now() - table.retention.memoryHours * HOUR_MS);
      for (const { index, row } of rows) {
        const reason = this.#outsideWindow(table, row) ?? (await this.#fitColumns(table, row));
        if (reason !== undefined) {
          rejections.push({ index, reason });
          continue;
        }
        // What is late enough for the magnetic store is no longer remembered: the last write of it wins.
        const verdict = row.timeNs < memoryFromNs ? 'replace' : table.versions.admit(row);
        if (typeof verdict === 'object') rejections.push({ index, ...verdict });
        if (typeof verdict === 'object' || verdict === 'same') continue;
        if (verdict === 'replace') {
          accepted = accepted.filter((other) => !isSameRecord(other, row));
          await this.#delete(table, row);
        }
        accepted.push(row);
      }
      await this.#append(table, accepted);
      await this.#sweep();
      return rejections;
    });
  }

  close(): void {
    this.reader.closeSync();
    this.#writer.closeSync();
    this.#instance.closeSync();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#writes.then(work);
    this.#writes = turn.catch(() => undefined);
    return turn;
  }

  #outsideWindow({ retention }: Table, row: Row): string | undefined {
    const now = this.#now();
    const magneticMs = retention.magneticWrites ? retention.magneticDays * 24 * HOUR_MS : 0;
    const fromMs = now - retention.memoryHours * HOUR_MS - magneticMs;
    const toMs = now + FUTURE_MS;
    const timeMs = Number(row.timeNs / 1_000_000n);
    if (timeMs >= fromMs && timeMs < toMs) return undefined;
    const window = `[${new Date(fromMs).toISOString()}, ${new Date(toMs).toISOString()})`;
    return `The record timestamp is outside the time range ${window} of the ${retention.magneticWrites ? 'data ingestion window' : 'memory store'}.`;
  }

  /** Adds the columns that a row needs; a reason when one exists as something else. */
  async #fitColumns({ database, name, columns }: Table, row: Row): Promise<string | undefined> {
    const needed: [string, MeasureType | 'DIMENSION'][] = [
      ...Object.keys(row.dimensions).map((column): [string, 'DIMENSION'] => [column, 'DIMENSION']),
      ...row.measures.map(({ column, type }): [string, MeasureType] => [column, type]),
    ];
    for (const [column, type] of needed) {
      const existing = columns.get(column);
      if (existing === type) continue;
      if (existing) return `The column ${column} is a ${existing} in table ${name}; it cannot also hold a ${type}.`;
    }
    for (const [column, type] of needed) {
      if (columns.has(column)) continue;
      columns.set(column, type);
      await this.#writer.run(
        `ALTER TABLE ${quoted(database)}.${quoted(name)} ADD COLUMN ${quoted(column)} ${SQL_TYPES[type]}`,
      );
    }
    return undefined;
  }

  async #append({ database, name, columns }: Table, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const appender = await this.#writer.createAppender(name, database);
    for (const row of rows) {
      const values: Record<string, string> = { ...row.dimensions, measure_name: row.measureName };
      for (const { column, value } of row.measures) values[column] = value;
      for (const [column, type] of columns) {
        if (column === 'time') appender.appendTimestamp(timestamp(row.timeNs));
        else appendText(appender, type, values[column]);
      }
      appender.endRow();
    }
    appender.closeSync();
  }

  async #delete({ database, name, columns }: Table, row: Row): Promise<void> {
    const dimensions = [...columns].filter(([, type]) => type === 'DIMENSION').map(([column]) => column);
    const same = ['measure_name', ...dimensions].map((column) => `${quoted(column)} IS NOT DISTINCT FROM ?`);
    await this.#writer.run(
      `DELETE FROM ${quoted(database)}.${quoted(name)} WHERE "time" = ? AND ${same.join(' AND ')}`,
      [timestamp(row.timeNs), row.measureName, ...dimensions.map((column) => row.dimensions[column] ?? null)],
    );
  }

  /** Once a minute: rows past their retention go, and so does the memory of them. */
  async #sweep(): Promise<void> {
    const now = this.#now();
    if (now < this.#nextSweepMs) return;
    this.#nextSweepMs = now + 60_000;
    for (const table of [...this.databases.values()].flatMap((tables) => [...tables.values()])) {
      const { memoryHours, magneticDays } = table.retention;
      table.versions.forgetBefore(nanoseconds(now - memoryHours * HOUR_MS));
      const keptSinceMs = now - memoryHours * HOUR_MS - magneticDays * 24 * HOUR_MS;
      await this.#writer.run(`DELETE FROM ${quoted(table.database)}.${quoted(table.name)} WHERE "time" < ?`, [
        timestamp(nanoseconds(keptSinceMs)),
      ]);
    }
  }
}

function appendText(appender: DuckDBAppender, type: MeasureType | 'DIMENSION', value: string | undefined): void {
  if (value === undefined) appender.appendNull();
  else if (type === 'DOUBLE') appender.appendDouble(Number(value));
  else if (type === 'BIGINT') appender.appendBigInt(BigInt(value));
  else if (type === 'BOOLEAN') appender.appendBoolean(/^true$/i.test(value));
  else if (type === 'TIMESTAMP') appender.appendTimestamp(timestamp(BigInt(value) * 1_000_000n));
  else appender.appendVarchar(value);
}

function nanoseconds(timeMs: number): bigint {
  return BigInt(Math.floor(timeMs)) * 1_000_000n;
}

/** DuckDB counts microseconds: finer times are cut off. */
function timestamp(timeNs: bigint): DuckDBTimestampValue {
  return new DuckDBTimestampValue(timeNs / 1000n);
}

function isSameRecord(a: Row, b: Row): boolean {
  return (
    a.timeNs === b.timeNs &&
    a.measureName === b.measureName &&
    Object.keys({ ...a.dimensions, ...b.dimensions }).every((name) => a.dimensions[name] === b.dimensions[name])
  );
}

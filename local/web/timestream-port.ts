import { paginateQuery, type ScalarType, type TimestreamQueryClient } from '@aws-sdk/client-timestream-query';
import type { Cell } from './ports.ts';
import type { TimestreamRows } from './run-query.ts';

/** Queries through the official client, all pages of the answer. */
export function timestreamPort(client: TimestreamQueryClient): (sql: string) => Promise<TimestreamRows> {
  return async (sql) => {
    let columns: TimestreamRows['columns'] = [];
    const rows: Cell[][] = [];
    for await (const page of paginateQuery({ client }, { QueryString: sql })) {
      columns = (page.ColumnInfo ?? []).map(({ Name, Type }) => ({ name: Name ?? '', kind: kindOf(Type?.ScalarType) }));
      for (const { Data } of page.Rows ?? []) {
        rows.push((Data ?? []).map((datum, i) => toCell(datum.ScalarValue, columns[i]?.kind)));
      }
    }
    return { columns, rows };
  };
}

function kindOf(type: ScalarType | undefined): 'time' | 'number' | 'text' {
  if (type === 'TIMESTAMP') return 'time';
  return type === 'DOUBLE' || type === 'BIGINT' || type === 'INTEGER' ? 'number' : 'text';
}

/** Times come as `2026-11-23 21:06:06.123000000`, in UTC. */
function toCell(text: string | undefined, kind: 'time' | 'number' | 'text' | undefined): Cell {
  if (text === undefined) return null;
  if (kind === 'text') return text;
  const value = kind === 'time' ? Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`) : Number(text);
  return Number.isFinite(value) ? value : null;
}

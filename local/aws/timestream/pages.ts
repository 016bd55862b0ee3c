import { randomUUID } from 'node:crypto';
import { AwsError } from '../service.ts';
import type { QueryResult } from './query.ts';

/** Results that have further pages are kept for the client to come back; so many at most. */
const MAX_OPEN = 50;

/** Query results handed out page by page. */
export class Pages {
  readonly #open = new Map<string, { result: QueryResult; from: number }>();

  first(result: QueryResult, maxRows: number): unknown {
    return this.#page(randomUUID().replaceAll('-', '').toUpperCase(), result, 0, maxRows);
  }

  /** @throws AwsError ValidationException for a token that was never given out, or was used before */
  next(token: string, maxRows: number): unknown {
    const rest = this.#open.get(token);
    if (!rest) throw new AwsError('ValidationException', 'The NextToken is not valid, or was used before.');
    this.#open.delete(token);
    return this.#page(token.split('#')[0] ?? token, rest.result, rest.from, maxRows);
  }

  cancel(queryId: string): void {
    for (const token of this.#open.keys()) if (token.startsWith(queryId)) this.#open.delete(token);
  }

  #page(QueryId: string, result: QueryResult, from: number, maxRows: number): unknown {
    const rows = result.rows.slice(from, from + maxRows);
    const to = from + rows.length;
    const NextToken = to < result.rows.length ? `${QueryId}#${to}` : undefined;
    if (NextToken) this.#open.set(NextToken, { result, from: to });
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
    return {
      QueryId,
      ...(NextToken ? { NextToken } : {}),
      ColumnInfo: result.columns.map(({ name, type }) => ({ Name: name, Type: { ScalarType: type } })),
      Rows: rows.map((row) => ({
        Data: row.map((value) => (value === null ? { NullValue: true } : { ScalarValue: value })),
      })),
      QueryStatus: { ProgressPercentage: 100, CumulativeBytesScanned: 0, CumulativeBytesMetered: 0 },
    };
  }
}

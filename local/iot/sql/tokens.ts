export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'end';
  readonly text: string;
  /** Offset in the statement. */
  readonly at: number;
}

/** A statement that is wrong, or that the twin does not know: where and why, with a caret below the place. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  constructor(message: string, sql: string, at: number) {
    super(`${message}\n  ${sql}\n  ${' '.repeat(at)}^`);
  }
}

const TOKEN =
  /\s+|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")|(?<name>[A-Za-z_][A-Za-z0-9_]*|`[^`]+`)|(?<symbol><>|<=|>=|!=|[-+*/%=<>(),.[\]])/y;

/** @throws SqlError at the first character that starts no token */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(sql);
    if (!match) throw new SqlError(`unexpected character ${JSON.stringify(sql[at])}`, sql, at);
    const [kind, text] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (text !== undefined)
      tokens.push({ kind: kind as Token['kind'], text: kind === 'string' ? unquote(text) : text, at });
    at = TOKEN.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function unquote(text: string): string {
  return text.slice(1, -1).replaceAll("''", "'").replace(/\\(.)/g, '$1');
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/**
 * The value of a string literal in Go's syntax: quotes with escapes, or backticks without. Throws a plain Error that
 * says what is wrong with the literal.
 */
export function unquote(literal: string): string {
  const quote = literal[0] ?? '';
  if (literal.length < 2 || literal.at(-1) !== quote) throw new Error(`unterminated string ${literal}: add ${quote}`);
  const body = literal.slice(1, -1);
  if (quote === '`' || !body.includes('\\')) return body;
  let text = '';
  // `\xHH` and octal escapes are bytes of UTF-8, which may only together make a character.
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length > 0) text += new TextDecoder().decode(new Uint8Array(bytes));
    bytes = [];
  };
  for (let i = 0; i < body.length; i += 1) {
    if (body[i] !== '\\') {
      flush();
      text += body[i];
      continue;
    }
    const rest = body.slice(i + 1);
    const coded = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
    if (coded) {
      const [all, hex, octal, short, long] = coded;
      if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
      else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
      else {
        flush();
        text += String.fromCodePoint(Number.parseInt(short ?? long ?? '', 16));
      }
      i += all.length;
      continue;
    }
    const simple = SIMPLE[rest[0] ?? ''];
    if (simple === undefined || (rest[0] !== quote && (rest[0] === '"' || rest[0] === "'"))) {
      throw new Error(`unknown escape \\${rest[0] ?? ''} in string ${literal}: write \\\\ for a backslash`);
    }
    flush();
    text += simple;
    i += 1;
  }
  flush();
  return text;
}

/** A string literal in double quotes. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

import { unquote } from '../../promql/strings.ts';

/** Tokens of what stands between `{{` and `}}` in Go's text templates. */
export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'symbol'; readonly text: '|' | '(' | ')' | ':=' | '=' | ',' | '.' };

export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[] };

/** The template cannot be understood; known when the rule file is read. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
}

/** Splits a template into texts and actions; `{{-` and `-}}` trim the white space beside them. */
export function segments(template: string): Segment[] {
  const result: Segment[] = [];
  let rest = template;
  let trimNext = false;
  for (;;) {
    const open = rest.indexOf('{{');
    const raw = open < 0 ? rest : rest.slice(0, open);
    const trimEnd = open >= 0 && /^\{\{-\s/.test(rest.slice(open));
    let text = trimNext ? raw.trimStart() : raw;
    if (trimEnd) text = text.trimEnd();
    if (text !== '') result.push({ kind: 'text', text });
    if (open < 0) return result;
    const inner = rest.slice(open + (trimEnd ? 3 : 2));
    const close = closing(inner);
    if (close < 0) throw new TemplateSyntaxError('{{ without }}');
    trimNext = /\s-$/.test(inner.slice(0, close));
    const action = inner.slice(0, trimNext ? close - 1 : close).trim();
    if (!action.startsWith('/*')) result.push({ kind: 'action', tokens: tokens(action) });
    rest = inner.slice(close + 2);
  }
}

/** Where `}}` stands outside of strings and comments; -1: nowhere. */
function closing(text: string): number {
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] as string;
    if (text.startsWith('}}', i)) return i;
    const end = c === '"' || c === "'" || c === '`' ? endOfString(text, i) : endOfComment(text, i);
    // Not closed: then it is none, and what is wrong with it is told where the action is read.
    if (end === undefined) return text.indexOf('}}', i);
    i = end;
  }
  return -1;
}

/** Where the string that begins at `start` ends; undefined: nowhere. */
function endOfString(text: string, start: number): number | undefined {
  const quote = text[start];
  for (let i = start + 1; i < text.length; i += 1) {
    if (text[i] === '\\' && quote !== '`') i += 1;
    else if (text[i] === quote) return i;
  }
  return undefined;
}

/** Where the comment ends that begins at `start`, or `start` where none begins. */
function endOfComment(text: string, start: number): number | undefined {
  if (!text.startsWith('/*', start)) return start;
  const end = text.indexOf('*/', start + 2);
  return end < 0 ? undefined : end + 1;
}

const TOKEN =
  /^(?:("(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)*')|\$([A-Za-z_]\w*)?|\.([A-Za-z_]\w*)|([+-]?(?:0x[0-9a-fA-F]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+))|([A-Za-z_]\w*)|(:=|[|()=,.]))/;

function tokens(action: string): Token[] {
  const result: Token[] = [];
  let rest = action.trimStart();
  while (rest !== '') {
    const match = TOKEN.exec(rest);
    if (!match) throw new TemplateSyntaxError(`unexpected ${rest.slice(0, 10)} in {{ ${action.slice(0, 200)} }}`);
    const [all, string, , field, number, word, symbol] = match;
    if (string !== undefined) result.push({ kind: 'string', value: unquote(string) });
    else if (all.startsWith('$')) result.push({ kind: 'variable', name: match[2] ?? '' });
    else if (field !== undefined) result.push({ kind: 'field', name: field });
    else if (number !== undefined) result.push({ kind: 'number', value: Number(number.replaceAll('_', '')) });
    else if (word !== undefined) result.push({ kind: 'word', text: word });
    else result.push({ kind: 'symbol', text: symbol as '|' });
    rest = rest.slice(all.length).trimStart();
  }
  return result;
}

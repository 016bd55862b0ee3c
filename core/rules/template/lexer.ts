import { unquote } from '../../promql/strings.ts';

/** Tokens of what stands between `{{` and `}}` in Go's text templates. */
export type Token = TokenValue & {
  /** Where it stands in the template. */
  readonly offset: number;
  /** Nothing stands between it and the token before: `.a.b` is one operand, `.a .b` are two. */
  readonly isJoined: boolean;
};

type TokenValue =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'symbol'; readonly text: '|' | '(' | ')' | ':=' | '=' | ',' | '.' };

export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly offset: number };

/** The template cannot be understood; known when its file is read. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
  /** Where in the template; undefined where only the action is known, until the parser adds it. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(message);
    this.offset = offset;
  }
}

/** Go trims these, JavaScript's trim many more. */
const SPACE_AT_START = /^[ \t\r\n]+/;

/** Splits a template into texts and actions; `{{-` and `-}}` trim the white space beside them. */
export function segments(template: string): Segment[] {
  const result: Segment[] = [];
  let rest = template;
  let trimNext = false;
  for (;;) {
    const start = template.length - rest.length;
    const open = rest.indexOf('{{');
    const raw = open < 0 ? rest : rest.slice(0, open);
    const trimEnd = open >= 0 && /^\{\{-[ \t\r\n]/.test(rest.slice(open, open + 4));
    let text = trimNext ? raw.replace(SPACE_AT_START, '') : raw;
    if (trimEnd) text = trimSpaceAtEnd(text);
    if (text !== '') result.push({ kind: 'text', text });
    if (open < 0) return result;
    const inner = rest.slice(open + (trimEnd ? 3 : 2));
    const close = closing(inner);
    if (close < 0) throw new TemplateSyntaxError('{{ without }}', start + open);
    trimNext = /[ \t\r\n]-$/.test(inner.slice(Math.max(0, close - 2), close));
    const action = inner.slice(0, trimNext ? close - 1 : close);
    const innerOffset = template.length - inner.length;
    if (!action.trimStart().startsWith('/*')) {
      result.push({ kind: 'action', tokens: tokens(action, innerOffset), offset: start + open });
    }
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

function tokens(action: string, offset: number): Token[] {
  const result: Token[] = [];
  let rest = action.trimStart();
  let isJoined = false;
  while (rest !== '') {
    const at = offset + action.length - rest.length;
    const match = TOKEN.exec(rest);
    if (!match)
      throw new TemplateSyntaxError(`unexpected ${rest.slice(0, 10)} in {{ ${action.trim().slice(0, 200)} }}`, at);
    result.push({ ...tokenOf(match, at), offset: at, isJoined });
    const after = rest.slice(match[0].length);
    rest = after.trimStart();
    isJoined = rest.length === after.length;
  }
  return result;
}

function tokenOf(match: RegExpExecArray, at: number): TokenValue {
  const [all, string, variable, field, number, word, symbol] = match;
  if (string !== undefined) return { kind: 'string', value: unquoted(string, at) };
  if (all.startsWith('$')) return { kind: 'variable', name: variable ?? '' };
  if (field !== undefined) return { kind: 'field', name: field };
  if (number !== undefined) return { kind: 'number', value: Number(number.replaceAll('_', '')) };
  return word === undefined ? { kind: 'symbol', text: symbol as '|' } : { kind: 'word', text: word };
}

function unquoted(string: string, at: number): string {
  try {
    return unquote(string);
  } catch (error) {
    throw new TemplateSyntaxError((error as Error).message, at);
  }
}

/** In one pass: an expression that ends with `$` looks at each run of spaces again and again. */
function trimSpaceAtEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

import { type Matcher, type MatchOperator, matcher } from '../../promql/matchers.ts';

const MATCHER = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*$/s;

/**
 * Alertmanager's first syntax of matchers, which is forgiving: braces may be left out on either side, a value needs no
 * quotes, and a backslash that escapes nothing is a backslash (`=~"\d+"`).
 * @throws Error that says what is wrong with the text
 */
export function parseClassicMatchers(text: string): Matcher[] {
  return splitAtCommas(text.replace(/^\{/, '').replace(/\}$/, '')).map((part) => {
    const [, name, operator, raw] = MATCHER.exec(part) ?? [];
    if (name === undefined || operator === undefined || raw === undefined) {
      throw new Error(`${JSON.stringify(part.trim())} is no matcher, write label="value"`);
    }
    return matcher(name, operator as MatchOperator, textOf(raw));
  });
}

/** At commas outside quotes; what follows the last one may be missing. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  let isEscaped = false;
  for (const letter of text) {
    if (letter === ',' && !isQuoted) {
      parts.push(part);
      part = '';
      continue;
    }
    if (letter === '"' && !isEscaped) isQuoted = !isQuoted;
    isEscaped = letter === '\\' && !isEscaped;
    part += letter;
  }
  return part.trim() === '' ? parts : [...parts, part];
}

function textOf(raw: string): string {
  const isQuoted = raw.startsWith('"');
  const body = isQuoted ? raw.slice(1) : raw;
  let value = '';
  for (let i = 0; i < body.length; i += 1) {
    const letter = body[i] as string;
    const next = body[i + 1];
    if (letter === '\\' && next !== undefined) {
      i += 1;
      value += next === 'n' ? '\n' : next === '"' || next === '\\' ? next : `\\${next}`;
    } else if (letter === '"') {
      if (isQuoted && i === body.length - 1) return value;
      throw new Error(`${raw} has a quote inside the value: write \\" for it`);
    } else value += letter;
  }
  if (isQuoted) throw new Error(`${raw} has no closing quote: add "`);
  return value;
}

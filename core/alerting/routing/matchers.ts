import { formatMatchers, type Matcher, type MatchOperator, matcher } from '../../promql/matchers.ts';
import { unquote } from '../../promql/strings.ts';
import { parseClassicMatchers } from './classic-matchers.ts';

/** In quotes, or without where no letter means something else. */
const WORD = /("(?:[^"\\]|\\.)*"|[^\s{}!=~,\\"'`]+)/.source;
const NAME = new RegExp(`^\\s*${WORD}\\s*`);
const OPERATOR = /^(=~|!~|!=|=)\s*/;
const VALUE = new RegExp(`^${WORD}\\s*`);

/**
 * Reads an item of Alertmanager's `matchers`: `severity="critical"`, `thing =~ lab-.*`, or several of them, separated by
 * commas and optionally in braces: `{severity="critical", job!="node"}`. Quotes are optional.
 *
 * There are two syntaxes, and as Alertmanager does by default both are tried. The newer (UTF-8) one takes any label name
 * in quotes; the classic one decides where both can read a text but understand it differently.
 * @throws Error that says what is wrong with the text
 */
export function parseMatchers(text: string): Matcher[] {
  const classic = attempt(() => parseClassicMatchers(text));
  const utf8 = attempt(() => parseUtf8Matchers(text));
  if (Array.isArray(utf8) && Array.isArray(classic)) {
    return formatMatchers(utf8) === formatMatchers(classic) ? utf8 : classic;
  }
  if (Array.isArray(classic)) return classic;
  if (Array.isArray(utf8)) return utf8;
  throw utf8;
}

function parseUtf8Matchers(text: string): Matcher[] {
  let rest = text.trim();
  if (rest.startsWith('{') !== rest.endsWith('}')) throw new Error(`${text} must have both braces or none`);
  if (rest.startsWith('{')) rest = rest.slice(1, -1);
  const matchers: Matcher[] = [];
  while (rest.trim() !== '') {
    const take = (pattern: RegExp, what: string): string => {
      const match = pattern.exec(rest);
      if (!match) throw new Error(`${text} has no ${what} at ${JSON.stringify(rest)}, write label="value"`);
      rest = rest.slice(match[0].length);
      return match[1] ?? '';
    };
    const name = bare(take(NAME, 'label name'));
    const operator = take(OPERATOR, 'operator (=, !=, =~ or !~)') as MatchOperator;
    matchers.push(matcher(name, operator, bare(take(VALUE, 'value'))));
    if (rest !== '' && !rest.startsWith(','))
      throw new Error(`${text} has more after a value: ${JSON.stringify(rest)}`);
    rest = rest.replace(/^,/, '');
  }
  return matchers;
}

function bare(text: string): string {
  return text.startsWith('"') ? unquote(text) : text;
}

function attempt(read: () => Matcher[]): Matcher[] | Error {
  try {
    return read();
  } catch (error) {
    return error as Error;
  }
}

/**
 * Regular expressions in RE2's syntax, as Prometheus takes them, made into JavaScript's. The two differ in flags within
 * the expression (`(?i)`, `(?s:...)`), in named groups (`(?P<name>...)`), in `\Q...\E`, `\z` and in POSIX classes.
 * Prometheus anchors every expression and lets `.` match a newline.
 */

import { LinearRegex, type Match } from './linear-regex.ts';

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** A compiled expression. */
export interface Pattern {
  test(text: string): boolean;
  /** The leftmost match at or after `from`; undefined: none. */
  exec(text: string, from?: number): Match | undefined;
}

/** Compiles a whole-string match. Throws a plain Error that names the expression. */
export function compileAnchored(pattern: string): Pattern {
  return compile(pattern, true);
}

/** Compiles a match anywhere in the string, as templates' `match` and `reReplaceAll` do. */
export function compileSearch(pattern: string): Pattern {
  return compile(pattern, false);
}

/** Groups within groups; RE2 has such a limit, too. Deeper ones can make JavaScript's compiler end the process. */
const DEEPEST = 100;

function compile(pattern: string, anchored: boolean): Pattern {
  try {
    const source = translate(pattern, anchored);
    const regex = new RegExp(anchored ? `^(?:${source})$` : source, anchored ? 'u' : 'gu');
    if (isHarmless(source)) return backtracking(regex);
    const linear = new LinearRegex(source, anchored);
    return { test: (text) => linear.exec(text) !== undefined, exec: (text, from) => linear.exec(text, from) };
  } catch (error) {
    throw new Error(`invalid regular expression ${JSON.stringify(pattern)}: ${reasonOf(error)}`);
  }
}

function backtracking(regex: RegExp): Pattern {
  return {
    test(text) {
      regex.lastIndex = 0;
      return regex.test(text);
    },
    exec(text, from = 0) {
      regex.lastIndex = from;
      const match = regex.exec(text);
      return match ? { index: match.index, groups: [...match], named: match.groups ?? {} } : undefined;
    },
  };
}

/**
 * Whether JavaScript's own, faster matcher is sure to be done soon: no group is repeated, and at most two parts of the
 * expression repeat without bound, which makes the square of the text's length at worst.
 */
function isHarmless(source: string): boolean {
  const plain = source.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]/g, '_');
  if (/\)[*+?{]/.test(plain)) return false;
  const counted = plain.match(/\{\d+(?:,\d+)?\}/g) ?? [];
  const unbounded = plain.match(/[^(][*+]|\{\d+,\}/g) ?? [];
  return unbounded.length <= 2 && counted.length <= 8 && counted.every((text) => !/\d{3}/.test(text));
}

/** `$1`, `${1}`, `${name}`, `$$` in Go's syntax. */
export function expandMatch(template: string, { groups, named }: Match): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (all, bare?: string, braced?: string) => {
    const group = bare ?? braced;
    if (group === undefined) return all === '$$' ? '$' : all;
    return (/^\d+$/.test(group) ? groups[Number(group)] : named[group]) ?? '';
  });
}

/** Replaces every match, as Go's `ReplaceAllString`: an empty match right after another is none. */
export function replaceAll(pattern: Pattern, text: string, template: string): string {
  let out = '';
  let end = 0;
  for (let from = 0; from <= text.length; ) {
    const match = pattern.exec(text, from);
    if (!match) break;
    const matchEnd = match.index + (match.groups[0]?.length ?? 0);
    out += text.slice(end, match.index);
    if (matchEnd > end || match.index === 0) out += expandMatch(template, match);
    end = matchEnd;
    from = Math.max(matchEnd, from + 1);
  }
  return out + text.slice(end);
}

interface Flags {
  ignoreCase: boolean;
  dotAll: boolean;
}

function translate(pattern: string, dotAll: boolean): string {
  const stack: Flags[] = [];
  let flags: Flags = { ignoreCase: false, dotAll };
  let out = '';
  let i = 0;
  while (i < pattern.length) {
    const c = pattern[i] as string;
    const rest = pattern.slice(i);
    if (c === '\\') {
      const [text, length] = escaped(rest, flags);
      out += text;
      i += length;
    } else if (c === '[') {
      const [text, length] = characterClass(rest, flags);
      out += text;
      i += length;
    } else if (c === '(') {
      stack.push({ ...flags });
      if (stack.length > DEEPEST) throw new Error(`groups are nested more than ${DEEPEST} deep`);
      const group = /^\(\?(?:P?<([A-Za-z_]\w*)>|([imsU]*(?:-[imsU]+)?)([:)]))/.exec(rest);
      if (!group) {
        if (rest.startsWith('(?')) throw new Error(`unsupported group ${rest.slice(0, 4)}`);
        out += '(';
        i += 1;
      } else if (group[1] !== undefined) {
        out += `(?<${group[1]}>`;
        i += group[0].length;
      } else {
        flags = withFlags(flags, group[2] ?? '');
        if (group[3] === ')') {
          // `(?i)` holds to the end of the group it stands in.
          stack.pop();
        } else out += '(?:';
        i += group[0].length;
      }
    } else if (c === ')') {
      flags = stack.pop() ?? flags;
      out += ')';
      i += 1;
    } else if (c === '.') {
      out += flags.dotAll ? '[^]' : '.';
      i += 1;
    } else if (c === ']' || ((c === '{' || c === '}') && !/^\{\d+(,\d*)?\}/.test(rest))) {
      out += `\\${c}`;
      i += 1;
    } else if (c === '{') {
      const repetition = /^\{\d+(,\d*)?\}/.exec(rest)?.[0] ?? '{';
      out += repetition;
      i += repetition.length;
    } else {
      const letter = String.fromCodePoint(pattern.codePointAt(i) ?? 0);
      out += flags.ignoreCase ? anyCase(letter) : letter;
      i += letter.length;
    }
  }
  return out;
}

function withFlags(flags: Flags, text: string): Flags {
  const [on = '', off = ''] = text.split('-');
  return {
    ignoreCase: (flags.ignoreCase || on.includes('i')) && !off.includes('i'),
    dotAll: (flags.dotAll || on.includes('s')) && !off.includes('s'),
  };
}

function anyCase(letter: string): string {
  const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
  return lower === upper || lower.length !== letter.length || upper.length !== letter.length
    ? letter
    : `[${lower}${upper}]`;
}

function escaped(rest: string, flags: Flags): [text: string, length: number] {
  const next = rest[1];
  if (next === undefined) throw new Error('trailing backslash');
  if (next === 'Q') {
    const end = rest.indexOf('\\E', 2);
    const literal = rest.slice(2, end < 0 ? undefined : end);
    const text = Array.from(literal, (c) => (flags.ignoreCase ? anyCase(quoteMeta(c)) : quoteMeta(c))).join('');
    return [text, end < 0 ? rest.length : end + 2];
  }
  if (next === 'A') return ['^', 2];
  if (next === 'z') return ['$', 2];
  if (next === 'a') return ['\\x07', 2];
  const coded = /^\\(?:[pP](?:[A-Z]|\{\^?\w+\})|x[0-9a-fA-F]{2}|x\{([0-9a-fA-F]+)\})/.exec(rest);
  if (coded) {
    const [all, wide] = coded;
    if (wide !== undefined) return [`\\u{${wide}}`, all.length];
    const single = /^\\([pP])([A-Z])$/.exec(all);
    return [single ? `\\${single[1]}{${single[2]}}` : all, all.length];
  }
  if (/[dDwWsSbBnrtvf]/.test(next)) return [rest.slice(0, 2), 2];
  if (/[0-9A-Za-z]/.test(next)) throw new Error(`unknown escape \\${next}`);
  return [quoteMeta(next), 2];
}

function quoteMeta(c: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c;
}

function characterClass(rest: string, flags: Flags): [text: string, length: number] {
  let i = 1;
  let out = '[';
  if (rest[i] === '^') {
    out += '^';
    i += 1;
  }
  let first = true;
  for (; i < rest.length && (first || rest[i] !== ']'); first = false) {
    const posix = /^\[:(\^?)(\w+):\]/.exec(rest.slice(i));
    if (posix) {
      const set = POSIX[posix[2] ?? ''];
      if (set === undefined || posix[1] === '^') throw new Error(`unsupported class ${posix[0]}`);
      out += set;
      i += posix[0].length;
    } else if (rest[i] === '\\') {
      const next = rest[i + 1] ?? '';
      const [text, length] = next === '-' ? ['\\-', 2] : escaped(rest.slice(i), { ...flags, ignoreCase: false });
      out += text;
      i += length as number;
    } else {
      const range = /^([A-Za-z])-([A-Za-z])/.exec(rest.slice(i));
      if (flags.ignoreCase && range) {
        const [all, from = '', to = ''] = range;
        out += `${from.toLowerCase()}-${to.toLowerCase()}${from.toUpperCase()}-${to.toUpperCase()}`;
        i += all.length;
        continue;
      }
      const c = String.fromCodePoint(rest.codePointAt(i) ?? 0);
      const text = c === '[' || c === ']' ? `\\${c}` : c;
      out += flags.ignoreCase && c.toLowerCase() !== c.toUpperCase() ? c.toLowerCase() + c.toUpperCase() : text;
      i += c.length;
    }
  }
  if (i >= rest.length) throw new Error('missing closing ]');
  return [`${out}]`, i + 1];
}

/** What is wrong with it, without the pattern as we wrote it for the machine. */
function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/^Invalid regular expression: .*: (?=[^:]+$)/s, '');
}

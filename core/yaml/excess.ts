import type { Position } from './reader.ts';

/** More than this is no file that a person wrote. Rule files of large installations have some hundred kilobytes. */
const LONGEST = 4_000_000;
/** The YAML parser works by recursion, which must end before the stack does. */
const DEEPEST = 100;

/** What no YAML parser should be asked to read, found without reading it: excessive length or nesting. */
export function excessIn(text: string): (Position & { readonly text: string }) | undefined {
  if (text.length > LONGEST) {
    return { line: 1, column: 1, text: `the file has ${text.length} characters: ${LONGEST} at most` };
  }
  const tooDeep = `collections are nested too deeply: ${DEEPEST} levels at most`;
  let flow = 0;
  let line = 1;
  for (let start = 0; start <= text.length; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const indent = indentOf(text, start, end);
    if (indent.levels > DEEPEST || indent.width > 2 * DEEPEST) {
      return { line, column: indent.width + 1, text: tooDeep };
    }
    for (let i = start; i < end; i += 1) {
      const c = text[i];
      if (c === '[' || c === '{') flow += 1;
      // Texts may have brackets of their own, so that these need not be balanced.
      else if ((c === ']' || c === '}') && flow > 0) flow -= 1;
      if (flow > DEEPEST) return { line, column: i - start + 1, text: tooDeep };
    }
    start = end + 1;
  }
  return undefined;
}

/** How a line begins: blanks, and indicators (`- - ? key`) that each open a level. */
function indentOf(text: string, start: number, end: number): { readonly width: number; readonly levels: number } {
  let levels = 0;
  let i = start;
  for (; i < end; i += 1) {
    const c = text[i];
    if (c === ' ') continue;
    const isIndicator = (c === '-' || c === '?' || c === ':') && (i + 1 === end || text[i + 1] === ' ');
    if (!isIndicator) break;
    levels += 1;
  }
  return { width: i - start, levels };
}

/**
 * Breaks the lines of a help text that are wider than the terminal, under the column where their text begins.
 * A line that fills 100 columns goes on in the next one, where that begins in the same column. Examples are left whole,
 * for whoever copies them.
 * @param width columns of the terminal
 */
export function wrap(text: string, width: number): string {
  const paragraphs: string[] = [];
  let isOpen = false;
  for (const line of text.split('\n')) {
    const last = paragraphs.at(-1);
    if (last !== undefined && isOpen && line.trim() !== '' && goesOn(last, line)) {
      paragraphs[paragraphs.length - 1] = `${last} ${line.trim()}`;
    } else paragraphs.push(line);
    isOpen = line.length > 100;
  }
  return paragraphs.map((paragraph) => broken(paragraph, width)).join('\n');
}

/** `  --name VALUE   what it means`: 17; a paragraph: its indentation. */
function textColumn(line: string): number {
  const term = /^ *(?:\S+ )*?\S+ {2,}(?=\S)/.exec(line);
  return term?.[0].length ?? line.length - line.trimStart().length;
}

function goesOn(line: string, next: string): boolean {
  const indentation = next.length - next.trimStart().length;
  return indentation === textColumn(line) && textColumn(next) === indentation;
}

function broken(line: string, width: number): string {
  if (line.length <= width || /^(?: {2}|Example: )np[mx] /.test(line)) return line;
  const column = /^(?:Usage:| {6}) np[mx] /.test(line) ? 9 : Math.min(textColumn(line), Math.floor(width / 2));
  const lines: string[] = [];
  let current = line.slice(0, textColumn(line));
  let isEmpty = true;
  for (const word of line.slice(textColumn(line)).split(' ')) {
    if (!isEmpty && current.length + 1 + word.length > width) {
      lines.push(current);
      current = ' '.repeat(column) + word;
    } else current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current].join('\n');
}

import fc from 'fast-check';

/** What is put into a text to break it: brackets, quotes, escapes, control characters, indentation, half characters. */
const BITS = [
  '',
  ' ',
  '\n',
  '\t',
  '\0',
  '\ud800',
  '\u{1F600}',
  '"',
  "'",
  '`',
  '\\',
  '#',
  '-',
  ':',
  '|',
  ',',
  '.',
  '$',
  '*',
  '&',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '{{',
  '}}',
  '/*',
  '0',
  '9e999',
  'NaN',
  '1y',
  'constructor',
  '__proto__',
  '<<: *a',
];

type Edit = { readonly at: number; readonly remove: number; readonly bit: string; readonly times: number };

/** Texts that were right before pieces were cut out of them, doubled, or put into them. */
export function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const edit: fc.Arbitrary<Edit> = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.integer({ min: 0, max: 12 }),
    bit: fc.constantFrom(...BITS),
    times: fc.integer({ min: 0, max: 3 }),
  });
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([text, edits]) => edits.reduce(applied, text));
}

function applied(text: string, { at, remove, bit, times }: Edit): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + bit.repeat(times) + text.slice(start + remove);
}

/** One piece many times, and others that close what it opens: what recursion and backtracking choke on. */
export function repeated(pieces: readonly (readonly [open: string, middle: string, close: string])[]): string[] {
  return pieces.flatMap(([open, middle, close]) =>
    [30, 400, 5_000].flatMap((times) => [
      open.repeat(times) + middle + close.repeat(times),
      open.repeat(times) + middle,
      middle + close.repeat(times),
    ]),
  );
}

/** Runs it; what it throws must be of these types. Gives what was thrown. */
export function onlyThrows(types: readonly (new (...args: never[]) => Error)[], run: () => unknown): Error | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Error && types.some((type) => error instanceof type)) return error;
    throw error;
  }
}

/** `P-014`, `sub-07`, `s3f9c`. */
const HANDLE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;
/** Words that stand before a number. */
const WORDS = /^(subject|participant|proband|person|anon|pseudo|test)[_-]?/i;
/** Four letters in a row can be read as a name: Anna, 1985-anna. */
const READABLE = /[A-Za-z]{4}/;

/** Why a text is no pseudonymous handle of a subject; undefined: it is one. */
export function whyNoHandle(text: string): string | undefined {
  if (!HANDLE.test(text))
    return 'it must be a handle of letters, digits, - and _, at most 32, such as P-014: never a name';
  const rest = text.replace(WORDS, '');
  if (!/\d/.test(rest)) return 'it looks like a name or initials: a handle has a number, such as P-014';
  if (READABLE.test(rest)) return 'it has a word in it and may be a name: write a handle such as P-014 or s3f9c';
  return undefined;
}

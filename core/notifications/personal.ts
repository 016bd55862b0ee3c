import type { Labels } from '../metrics/model.ts';

/** Labels that could name a person. A session is named by its handle, `session_id`; who it is stays at the site. */
const PERSONAL = /^(participant|patient|subject|person|proband|user)(_?(full|first|last|family|given)?_?name)?$/i;
/** What stands in the place of a name. */
export const WITHHELD = '[withheld]';
/** Shorter than this, a name is only looked for as a word of its own: "Al" is part of too many others. */
const SHORTEST_WITHIN_WORDS = 4;
/** A part of a name that is shorter is no name by itself: "de", "Jr". */
const SHORTEST_PART = 3;

/** Whether a label, or an annotation, of this name could name a person. */
export function isPersonal(name: string): boolean {
  return PERSONAL.test(name);
}

/**
 * Takes out of texts what personal labels of the alerts say: an annotation may have been rendered from one
 * (`{{ $labels.participant }} has lost C3`). Finds a name in any case, its longer parts, and the forms in which
 * templates and addresses write it. Errs on the side of taking out too much.
 */
export function withholder(alerts: readonly { readonly labels: Labels; readonly annotations: Labels }[]) {
  const values = alerts
    .flatMap(({ labels, annotations }) => [...Object.entries(labels), ...Object.entries(annotations)])
    .flatMap(([name, value]) => (isPersonal(name) && value.trim() !== '' ? [value.trim()] : []));
  if (values.length === 0) return (text: string): string => text;
  const parts = values
    .flatMap((value) => value.split(/[^\p{L}\p{M}\p{N}]+/u))
    .filter((part) => part.length >= SHORTEST_PART);
  const terms = [...new Set([...values, ...parts].flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(terms.map(patternOf).join('|'), 'giu');
  return (text: string): string => {
    // Escaped, a capital is other than its small letter: what can be unescaped is looked at so.
    const plain = text.replace(ESCAPED, (word) => {
      const read = unescaped(word);
      return read !== word && read.search(pattern) >= 0 ? WITHHELD : word;
    });
    return plain.replace(pattern, WITHHELD);
  };
}

export type Withhold = (text: string) => string;

/** Labels or annotations without those that could name a person, and without what these say in the values of others. */
export function withheld(labels: Labels, withhold: Withhold): Labels {
  const entries = Object.entries(labels).filter(([name]) => !isPersonal(name));
  // These two are written by whoever writes rules, and tell nothing of anybody.
  return Object.fromEntries(
    entries.map(([name, value]) => [name, name === 'alertname' || name === 'severity' ? value : withhold(value)]),
  );
}

/** A word with something in it that is escaped as in an address: `docs/%C3%84nne`. */
const ESCAPED = /[^\s"<>]*%[\da-f]{2}[^\s"<>]*/giu;

function unescaped(word: string): string {
  return word
    .replace(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
    .replaceAll('+', ' ');
}

/** As it is, in other cases (`ß` becomes `SS`), escaped for HTML, JSON and addresses. */
function formsOf(value: string): string[] {
  const cases = [value, value.toUpperCase(), value.toLowerCase()];
  return [
    ...cases,
    ...cases.map((text) => encodeURIComponent(wellFormed(text))),
    ...cases.map((text) => encodeURIComponent(wellFormed(text)).replaceAll('%20', '+')),
    ...cases.map((text) => JSON.stringify(text).slice(1, -1)),
    ...cases.map((text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')),
    ...cases.map((text) => text.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll("'", '&#39;')),
  ];
}

/** Without halves of surrogate pairs, which addresses cannot hold. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\uFFFD');
}

function patternOf(term: string): string {
  const literal = term.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`).replace(/\s+/g, String.raw`\s+`);
  if (term.length >= SHORTEST_WITHIN_WORDS) return literal;
  return String.raw`(?<![\p{L}\p{N}])${literal}(?![\p{L}\p{N}])`;
}

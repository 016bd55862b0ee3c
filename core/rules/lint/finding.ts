import { wrapText } from '../../wrap-text.ts';
import type { Position } from '../../yaml/reader.ts';

/** `error`: the rule cannot do what it says. `warning`: it can, and will disappoint somebody. */
export type FindingSeverity = 'error' | 'warning';

/** What a check says of a rule. Sentences without a full stop at the end; each stands alone. */
export interface Remark {
  readonly severity: FindingSeverity;
  readonly place: Position;
  /** What is wrong, with the text it is about. */
  readonly what: string;
  /** Why it matters: what will happen because of it. */
  readonly why: string;
  /** What to do about it. */
  readonly todo: string;
}

export interface Finding extends Remark {
  /** As in the messages of the parser. */
  readonly file: string;
  /** Name of the check: what `# nsmon lint: disable=...` names. */
  readonly check: string;
  /** Name of the alert or of the recorded series. */
  readonly rule: string;
}

/** The finding as lines of at most `width` characters, where its words allow. */
export function formatFinding({ severity, file, place, check, rule, what, why, todo }: Finding, width = 80): string {
  return [
    `${file}:${place.line}:${place.column}: ${severity}: ${rule} (${check})`,
    ...wrapText(what, width, '  ', '  '),
    ...wrapText(why, width, '  why: ', '       '),
    ...wrapText(todo, width, '  do:  ', '       '),
  ].join('\n');
}

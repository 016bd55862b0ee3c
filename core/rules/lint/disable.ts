import { didYouMean } from '../../yaml/did-you-mean.ts';
import type { Finding } from './finding.ts';
import type { RulePlaces } from './places.ts';

/** The annotation that disables checks of its rule: `check-name reason; other-check reason`. */
export const DISABLE_ANNOTATION = 'nsmon_lint_disable';

const COMMENT = /#\s*nsmon lint:\s*(.*)$/;
const DISABLE = /^(disable|disable-file)=([\w,-]+)\s*(.*)$/;

export interface Disable {
  readonly checks: readonly string[];
  readonly reason: string;
  readonly line: number;
  readonly column: number;
  /** Lines of the file it is about. */
  readonly fromLine: number;
  readonly toLine: number;
}

/** What is wrong with the disabling itself. */
type Problem = Pick<Finding, 'place' | 'what'>;

/**
 * The comments of a file that disable checks. `# nsmon lint: disable=missing-for a reason` stands in or before the rule it
 * is about, `disable-file=` anywhere.
 */
export function readDisables(
  text: string,
  rules: readonly RulePlaces[],
  known: readonly string[],
): { readonly disables: readonly Disable[]; readonly problems: readonly Problem[] } {
  const disables: Disable[] = [];
  const problems: Problem[] = [];
  text.split('\n').forEach((content, i) => {
    const line = i + 1;
    const comment = COMMENT.exec(content);
    if (!comment) return;
    const place = { line, column: comment.index + 1 };
    const [, kind, names = '', reason = ''] = DISABLE.exec(comment[1] ?? '') ?? [];
    if (kind === undefined) {
      problems.push({ place, what: `${comment[0]} says nothing; write # nsmon lint: disable=check-name reason` });
      return;
    }
    const rule = rules.find(({ lastLine }) => lastLine >= line);
    if (kind === 'disable' && !rule) {
      problems.push({ place, what: 'no rule follows; use disable-file= for the whole file' });
      return;
    }
    const checks = names.split(',').filter(Boolean);
    problems.push(...misnamed(checks, reason, known).map((what) => ({ place, what })));
    disables.push({
      checks,
      reason,
      ...place,
      fromLine: kind === 'disable-file' ? 0 : (rule?.firstLine ?? 0),
      toLine: kind === 'disable-file' ? Number.POSITIVE_INFINITY : (rule?.lastLine ?? 0),
    });
  });
  return { disables, problems };
}

/** The same, of a rule's annotation. */
export function readDisableAnnotation(
  text: string | undefined,
  places: RulePlaces,
  known: readonly string[],
): { readonly disables: readonly Disable[]; readonly problems: readonly Problem[] } {
  const parts = (text ?? '').split(';').filter((part) => part.trim() !== '');
  const place = places.field('annotations', DISABLE_ANNOTATION);
  const { firstLine: fromLine, lastLine: toLine } = places;
  const read = parts.map((part) => {
    const [check = '', ...words] = part.trim().split(/\s+/);
    return { checks: [check], reason: words.join(' '), ...place, fromLine, toLine };
  });
  const problems = read.flatMap(({ checks, reason }) =>
    misnamed(checks, reason, known).map((what) => ({ place, what })),
  );
  return { disables: read, problems };
}

function misnamed(checks: readonly string[], reason: string, known: readonly string[]): string[] {
  const unknown = checks.filter((name) => !known.includes(name));
  return [
    ...unknown.map((name) => `there is no check ${JSON.stringify(name)}; ${didYouMean(name, known)}`),
    ...(reason === '' ? [`${checks.join(', ')} is disabled without a reason; write it after the name`] : []),
  ];
}

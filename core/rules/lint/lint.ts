import type { RecordingRule, RuleGroup } from '../model.ts';
import { cloudRecorded, plan } from '../plan.ts';
import { parseRuleFile } from '../rule-file.ts';
import type { Check, RuleContext, Surroundings } from './check.ts';
import { checks as allChecks } from './checks/index.ts';
import { DISABLE_ANNOTATION, type Disable, readDisableAnnotation, readDisables } from './disable.ts';
import type { Finding } from './finding.ts';
import { rulePlaces } from './places.ts';

export interface LintFile {
  /** For messages. */
  readonly file: string;
  readonly text: string;
}

export interface LintOptions extends Surroundings {
  /** Names of checks that are not to be run. */
  readonly without?: readonly string[];
  /** Further rule files that belong to these: what they record is known. */
  readonly beside?: readonly LintFile[];
}

/** Name of the check on the disabling of checks; it cannot be disabled. */
const ON_DISABLING = 'disable';

/** The names of all checks. */
export const checkNames: readonly string[] = allChecks.map(({ name }) => name);

/**
 * What is doubtful about rules that Prometheus accepts, in order of file and place.
 * @throws RuleFileError when a file is no rule file
 */
export function lintRules(files: readonly LintFile[], options: LintOptions = {}): Finding[] {
  const parsed = files.map((file) => ({ ...file, groups: parseRuleFile(file.text, file.file) }));
  const beside = (options.beside ?? []).flatMap(({ file, text }) => parseRuleFile(text, file));
  const rules = [...parsed.flatMap(({ groups }) => groups), ...beside].flatMap((group) => group.rules);
  const recorded = new Map<string, RecordingRule[]>();
  for (const rule of rules) {
    if (rule.kind === 'recording') recorded.set(rule.name, [...(recorded.get(rule.name) ?? []), rule]);
  }
  const inCloud = cloudRecorded(rules);
  const checks = allChecks.filter(({ name }) => !options.without?.includes(name));
  return parsed.flatMap((file) => lintFile(file, checks, { ...options, recorded, inCloud }));
}

interface Known extends Surroundings {
  readonly recorded: ReadonlyMap<string, readonly RecordingRule[]>;
  readonly inCloud: ReadonlySet<string>;
}

function lintFile(
  { file, text, groups }: LintFile & { readonly groups: readonly RuleGroup[] },
  checks: readonly Check[],
  known: Known,
): Finding[] {
  const places = rulePlaces(text, file);
  const all = places.flat();
  const comments = readDisables(text, all, checkNames);
  const findings: Finding[] = comments.problems.map((problem) => onDisabling(file, '', problem));
  const disables: Disable[] = [...comments.disables];
  const used = new Set<Disable>();
  groups.forEach((group, g) => {
    group.rules.forEach((rule, r) => {
      const own = places[g]?.[r];
      if (!own) return;
      const annotated = readDisableAnnotation(
        rule.kind === 'alerting' ? rule.annotations[DISABLE_ANNOTATION] : undefined,
        own,
        checkNames,
      );
      findings.push(...annotated.problems.map((problem) => onDisabling(file, rule.name, problem)));
      disables.push(...annotated.disables);
      const context: RuleContext = {
        group,
        plan: plan(rule, known.inCloud),
        places: own,
        metrics: { recorded: known.recorded },
        surroundings: known,
      };
      for (const check of checks) {
        const by = disables.filter(
          ({ checks: names, fromLine, toLine }) =>
            names.includes(check.name) && own.firstLine >= fromLine && own.lastLine <= toLine,
        );
        for (const remark of check.run(rule, context)) {
          if (by.length > 0) for (const one of by) used.add(one);
          else findings.push({ ...remark, file, check: check.name, rule: rule.name });
        }
      }
    });
  });
  const ran = new Set(checks.map(({ name }) => name));
  for (const disable of disables) {
    // What was not run, or is misnamed and told of already, may be needed yet.
    if (used.has(disable) || !disable.checks.every((name) => ran.has(name))) continue;
    const what = `${disable.checks.join(', ')} is disabled, and would say nothing here`;
    findings.push(onDisabling(file, '', { place: disable, what }));
  }
  return findings.toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
}

function onDisabling(file: string, rule: string, { place, what }: Pick<Finding, 'place' | 'what'>): Finding {
  return {
    file,
    rule: rule || 'comment',
    check: ON_DISABLING,
    severity: 'warning',
    place: { line: place.line, column: place.column },
    what,
    why: 'the next reader must know which check was silenced here, and why',
    todo: 'write # nsmon lint: disable=check-name reason, or remove it',
  };
}

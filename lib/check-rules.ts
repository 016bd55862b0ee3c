import { parseRouting } from '../core/alerting/routing/parse.ts';
import { filesOf } from '../core/alerting/templates/file-pattern.ts';
import { parseTemplates } from '../core/alerting/templates/templates.ts';
import { parseEscalation } from '../core/escalation/parse-policy.ts';
import { parseHealing } from '../core/healing/parse.ts';
import { parseOncall } from '../core/oncall/parse.ts';
import { parseRuleFile, type RuleGroup } from '../core/rules/index.ts';
import { sloFiles } from '../core/slo/files.ts';
import { parseSlos } from '../core/slo/parse.ts';
import { UserError } from '../core/user-error.ts';
import { ConfigurationError } from '../core/yaml/configuration-error.ts';

/**
 * Reads everything that operators edit as the functions and the agents will, before anything is deployed: what is wrong
 * is said at a desk, not at three in the morning.
 * @param rules file name, relative to the directory of rules, to text
 * @throws UserError with every problem of every file
 */
export function assertRulesUsable(rules: ReadonlyMap<string, string>, directory: string): void {
  const problems: string[] = [];
  const read = <T>(parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...(error instanceof ConfigurationError ? error.problems : [error.message]));
      return undefined;
    }
  };

  const ruleFiles = [...rules].filter(([path]) => /^(alerts|recording)\//.test(path));
  if (ruleFiles.length === 0) problems.push(`${directory}/alerts: there is no rule file, *.yaml`);
  const groups = ruleFiles.flatMap(([path, text]) => read(() => parseRuleFile(text, path)) ?? []);

  // A file that could not be read may have any.
  const alerts = problems.length > 0 ? undefined : alertNames(groups);

  const objectives = rules.get('slos.yaml');
  const slos = objectives === undefined ? undefined : read(() => parseSlos(objectives));
  for (const [path, text] of slos ? sloFiles(slos) : []) {
    if (rules.get(path) !== text)
      problems.push(`${directory}/${path}: not what slos.yaml says now; run npx nsmon slo render --rules ${directory}`);
  }

  const routing = rules.get('routing.yaml');
  if (routing === undefined)
    problems.push(`${directory}/routing.yaml: there is no such file; alerts would reach nobody`);
  const config = routing === undefined ? undefined : read(() => parseRouting(routing));
  if (config) read(() => parseTemplates(filesOf(config.templates, rules)));
  const people = rules.get('oncall.yaml');
  const oncall = people === undefined ? undefined : read(() => parseOncall(people));
  const escalation = rules.get('escalation.yaml');
  if (escalation !== undefined && config) {
    const receivers = config.receivers.map(({ name }) => name);
    read(() => parseEscalation(escalation, receivers, 'escalation.yaml', oncall));
  }
  const healing = rules.get('healing.yaml');
  if (healing !== undefined) read(() => parseHealing(healing, alerts));
  if (problems.length > 0) throw new UserError(problems.join('\n'));
}

function alertNames(groups: readonly RuleGroup[]): string[] {
  const rules = groups.flatMap((group) => group.rules);
  return [...new Set(rules.filter(({ kind }) => kind === 'alerting').map(({ name }) => name))];
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RoutingConfig } from '../../core/alerting/routing/config.ts';
import type { EscalationPolicy } from '../../core/escalation/policy.ts';
import type { OncallConfig } from '../../core/oncall/config.ts';
import { parseRuleFile, type RuleGroup } from '../../core/rules/index.ts';
import { UserError } from '../../core/user-error.ts';
import { readEscalation, readRouting } from '../../lambdas/shared/rule-files.ts';
import { shownPath } from '../shown-path.ts';

/** A directory as `rules/`: what operators edit. */
export interface RuleSet {
  readonly directory: string;
  readonly groups: readonly RuleGroup[];
  readonly routing: RoutingConfig;
  readonly policyOf: (receiver: string) => EscalationPolicy;
  readonly oncall: OncallConfig;
}

/** @throws UserError, or ConfigurationError and RuleFileError with every problem of a file */
export function readRuleSet(directory: string): RuleSet {
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new UserError(`there is no directory ${directory}`);
  const files = ['recording', 'alerts'].flatMap((folder) => yamlFiles(path.join(directory, folder)));
  if (files.length === 0) throw new UserError(`${directory} has no rule files in recording/ or alerts/`);
  const groups = files.flatMap((file) => parseRuleFile(readFileSync(file, 'utf8'), shownPath(file)));
  const routingFile = path.join(directory, 'routing.yaml');
  if (!existsSync(routingFile)) throw new UserError(`there is no ${shownPath(routingFile)}: who learns of which alert`);
  const routing = readRouting(directory, '.', shownPath);
  const { policyOf, oncall } = readEscalation(directory, '.', shownPath);
  return { directory, groups, routing, policyOf, oncall };
}

function yamlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

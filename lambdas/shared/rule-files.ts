import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RoutingConfig } from '../../core/alerting/routing/config.ts';
import { parseRouting } from '../../core/alerting/routing/parse.ts';
import { parseTemplates, type Templates } from '../../core/alerting/templates/templates.ts';
import { parseEscalation } from '../../core/escalation/parse-policy.ts';
import { type EscalationPolicy, policyFor } from '../../core/escalation/policy.ts';
import { type HealingConfig, NO_HEALING } from '../../core/healing/config.ts';
import { parseHealing } from '../../core/healing/parse.ts';
import { NO_ONCALL, type OncallConfig } from '../../core/oncall/config.ts';
import { parseOncall } from '../../core/oncall/parse.ts';
import { readTemplateFiles } from './template-files.ts';

/** What messages call a file. */
type NameOf = (file: string) => string;
const baseName: NameOf = (file) => path.basename(file);

/** What operators edit, beside the bundle. `directory` is relative to the bundle: give `import.meta.dirname`. */
export function readRouting(bundle: string, directory: string, nameOf = baseName): RoutingConfig {
  const file = path.resolve(bundle, directory, 'routing.yaml');
  return parseRouting(readFileSync(file, 'utf8'), nameOf(file));
}

/** Who is told when, by escalation.yaml and oncall.yaml; both may be absent. */
export interface Escalation {
  /** Of a receiver. Without an escalation.yaml, receivers tell their own integrations. */
  readonly policyOf: (receiver: string) => EscalationPolicy;
  readonly oncall: OncallConfig;
}

export function readEscalation(bundle: string, directory: string, nameOf = baseName): Escalation {
  const routing = readRouting(bundle, directory, nameOf);
  const names = routing.receivers.map(({ name }) => name);
  const called = (name: string): string => nameOf(path.resolve(bundle, directory, name));
  const people = readOptional(bundle, directory, 'oncall.yaml');
  const oncall = people === undefined ? NO_ONCALL : parseOncall(people, called('oncall.yaml'));
  const policies = readOptional(bundle, directory, 'escalation.yaml') ?? '';
  const config = parseEscalation(policies, names, called('escalation.yaml'), oncall);
  const byName = new Map(routing.receivers.map((receiver) => [receiver.name, policyFor(config, receiver)]));
  // A group is served until it ends. When its receiver is gone meanwhile, the root route's takes it, as it takes all.
  const root = byName.get(routing.route.receiver) ?? { name: 'nobody', levels: [] };
  return { policyOf: (receiver) => byName.get(receiver) ?? root, oncall };
}

/** Templates of notifications: Alertmanager's own, and those that routing.yaml names. */
export function readTemplates(bundle: string, directory: string, patterns: readonly string[]): Templates {
  return parseTemplates(readTemplateFiles(path.resolve(bundle, directory), patterns));
}

/** What healing may do: nothing without a healing.yaml. */
export function readHealing(bundle: string, directory: string): HealingConfig {
  const text = readOptional(bundle, directory, 'healing.yaml');
  return text === undefined ? NO_HEALING : parseHealing(text);
}

function readOptional(bundle: string, directory: string, name: string): string | undefined {
  const file = path.resolve(bundle, directory, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** The text of every rule file, by its name for messages: `alerts/neural.yaml`. */
export function readRuleTexts(bundle: string, directory: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const folder of ['recording', 'alerts']) {
    const folderPath = path.resolve(bundle, directory, folder);
    const names = existsSync(folderPath) ? readdirSync(folderPath).sort() : [];
    for (const name of names.filter((file) => /\.ya?ml$/.test(file))) {
      texts.set(`${folder}/${name}`, readFileSync(path.join(folderPath, name), 'utf8'));
    }
  }
  return texts;
}

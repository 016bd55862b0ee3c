import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RoutingConfig } from '../../core/alerting/routing/config.ts';
import { parseRouting } from '../../core/alerting/routing/parse.ts';
import { parseEscalation } from '../../core/escalation/parse-policy.ts';
import { type EscalationPolicy, policyFor } from '../../core/escalation/policy.ts';
import { type HealingConfig, NO_HEALING } from '../../core/healing/config.ts';
import { parseHealing } from '../../core/healing/parse.ts';

/** What operators edit, beside the bundle. `directory` is relative to the bundle: give `import.meta.dirname`. */
export function readRouting(bundle: string, directory: string): RoutingConfig {
  return parseRouting(readFileSync(path.resolve(bundle, directory, 'routing.yaml'), 'utf8'));
}

/** The policy of each receiver. Without an escalation.yaml, receivers tell their own integrations. */
export function readPolicies(bundle: string, directory: string): (receiver: string) => EscalationPolicy {
  const routing = readRouting(bundle, directory);
  const file = path.resolve(bundle, directory, 'escalation.yaml');
  const names = routing.receivers.map(({ name }) => name);
  const config = parseEscalation(existsSync(file) ? readFileSync(file, 'utf8') : '', names);
  const byName = new Map(routing.receivers.map((receiver) => [receiver.name, policyFor(config, receiver)]));
  return (receiver) => byName.get(receiver) ?? { name: `receiver ${receiver}, which is gone`, levels: [] };
}

/** What healing may do: nothing without a healing.yaml. */
export function readHealing(bundle: string, directory: string): HealingConfig {
  const file = path.resolve(bundle, directory, 'healing.yaml');
  return existsSync(file) ? parseHealing(readFileSync(file, 'utf8')) : NO_HEALING;
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

import { readMatcherFields } from '../alerting/routing/read-matchers.ts';
import { didYouMean } from '../yaml/did-you-mean.ts';
import { type YamlNode, YamlReader } from '../yaml/reader.ts';
import { ACTION_NAMES, type HealingAction } from './action.ts';
import { ACTIONS } from './actions/index.ts';
import type { HealingConfig, HealingEntry } from './config.ts';

const FIELDS = ['alert', 'matchers', 'action', 'mode', 'budget', 'liveSession', 'approver', 'holdFor'];
const DEFAULT_HOLD_MS = 60_000;
/** A page that waits longer than this is no page. */
const LONGEST_HOLD_MS = 600_000;

/**
 * Reads rules/healing.yaml. What the file does not say is denied; what it allows is never more than the action itself.
 * @param alerts names of the alerts that the rules have; without it any name is right
 * @throws ConfigurationError with every problem, each with its line and column
 */
export function parseHealing(text: string, alerts?: readonly string[], file = 'healing.yaml'): HealingConfig {
  const yaml = new YamlReader(file, text);
  const top = yaml.fields(yaml.root, 'the file', ['healing']);
  const entries = yaml.items(top.get('healing'), 'healing').flatMap((node) => readEntry(yaml, node, alerts) ?? []);
  yaml.finish();
  return { entries };
}

function readEntry(yaml: YamlReader, node: YamlNode, alerts?: readonly string[]): HealingEntry | undefined {
  const fields = yaml.fields(node, 'an entry', FIELDS);
  const alert = yaml.text(fields.get('alert'), 'alert') ?? '';
  if (alert === '') yaml.problem(node, 'an entry names no alert: write alert: DeviceSilent, say');
  else if (alerts && !alerts.includes(alert)) {
    yaml.problem(fields.get('alert'), `no rule has an alert ${JSON.stringify(alert)}; ${didYouMean(alert, alerts)}`);
  }
  const matchers = readMatcherFields(yaml, fields, '');
  const name = choice(yaml, node, fields.get('action'), 'action', ACTION_NAMES, undefined);
  const mode = choice(yaml, node, fields.get('mode'), 'mode', ['shadow', 'armed'] as const, 'shadow');
  const liveSession = choice(yaml, node, fields.get('liveSession'), 'liveSession', ['defer', 'consent'], 'defer');
  const action = name === undefined ? undefined : ACTIONS[name];
  const approver = choice(yaml, node, fields.get('approver'), 'approver', ['nobody', 'person'], action?.approver);
  const holdForMs = yaml.durationMs(fields.get('holdFor'), 'holdFor') ?? DEFAULT_HOLD_MS;
  if (holdForMs > LONGEST_HOLD_MS) {
    yaml.problem(
      fields.get('holdFor'),
      `holdFor is longer than ${LONGEST_HOLD_MS / 60_000}m: the page would come too late`,
    );
  }
  if (!action || !mode || !liveSession || !approver) return undefined;
  if (action.approver === 'person' && approver === 'nobody') {
    yaml.problem(fields.get('approver'), `${action.name} always needs a person to approve it`);
  }
  const budget = readBudget(yaml, fields.get('budget'), action);
  return { alert, matchers, action: action.name, mode, budget, liveSession, approver, holdForMs };
}

function readBudget(yaml: YamlReader, node: YamlNode, action: HealingAction): HealingAction['budget'] {
  const fields = yaml.fields(node, 'budget', ['perTarget', 'fleet', 'within']);
  const most = (name: 'perTarget' | 'fleet'): number => {
    const count = yaml.count(fields.get(name), name, 0) ?? action.budget[name];
    if (count > action.budget[name]) {
      yaml.problem(fields.get(name), `${name} is ${count}; ${action.name} allows at most ${action.budget[name]}`);
    }
    return count;
  };
  const withinMs = yaml.durationMs(fields.get('within'), 'within') ?? action.budget.withinMs;
  if (withinMs < action.budget.withinMs) {
    const least = `${action.budget.withinMs / 60_000}m`;
    yaml.problem(fields.get('within'), `within must be at least ${least}, or the budget of ${action.name} is exceeded`);
  }
  return { perTarget: most('perTarget'), fleet: most('fleet'), withinMs };
}

function choice<T extends string>(
  yaml: YamlReader,
  entry: YamlNode,
  node: YamlNode,
  what: string,
  allowed: readonly T[],
  otherwise: T | undefined,
): T | undefined {
  const text = yaml.text(node, what);
  if (text === undefined) {
    if (otherwise === undefined && what === 'action')
      yaml.problem(entry, `an entry has no action; allowed: ${allowed.join(', ')}`);
    return otherwise;
  }
  const found = allowed.find((one) => one === text);
  if (found === undefined) yaml.problem(node, `${what} is ${JSON.stringify(text)}; ${didYouMean(text, allowed)}`);
  return found;
}

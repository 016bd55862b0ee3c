import { didYouMean } from '../../yaml/did-you-mean.ts';
import { type YamlFields, type YamlNode, YamlReader } from '../../yaml/reader.ts';
import type { InhibitRule, Receiver, RoutingConfig } from './config.ts';
import { checkIntegration } from './integrations.ts';
import { ROOT_DEFAULTS, readRoute } from './parse-route.ts';
import { readMatcherFields } from './read-matchers.ts';

const TOP = 'global templates route inhibit_rules receivers mute_time_intervals time_intervals tracing'.split(' ');
/** Integrations of Alertmanager. Of these we send to SENT; the others are understood and warned of. */
const INTEGRATIONS = [
  'discord email incidentio jira mattermost msteams msteamsv2 opsgenie pagerduty pushover',
  'rocketchat slack sns telegram victorops webex webhook wechat',
].flatMap((line) => line.split(' '));
const SENT_INTEGRATIONS: readonly string[] = ['slack', 'pagerduty', 'sns', 'webhook'];
const RECEIVER_FIELDS = ['name', ...INTEGRATIONS.map((kind) => `${kind}_configs`)];
const INHIBIT_FIELDS = [
  'name source_match source_match_re source_matchers target_match target_match_re target_matchers',
  'equal',
].flatMap((line) => line.split(' '));

/**
 * Reads an Alertmanager configuration. Addresses and keys of channels are not read from it: they are in the channels
 * secret, because this file is in version control.
 * @param file name for messages
 * @throws ConfigurationError with every problem and its place
 */
export function parseRouting(text: string, file = 'routing.yaml'): RoutingConfig {
  const yaml = new YamlReader(file, text);
  const top = yaml.fields(yaml.root, 'the configuration', TOP);
  const receivers = readReceivers(yaml, top.get('receivers'), yaml.fields(top.get('global'), 'global'));
  const names = receivers.map(({ name }) => name);
  const rootNode = top.get('route');
  if (!rootNode) yaml.problem(yaml.root, 'there is no route: add "route:" with a receiver');
  const route = readRoute(yaml, rootNode, ROOT_DEFAULTS, true, (node, name) => {
    if (!names.includes(name))
      yaml.problem(node, `no receiver is named ${JSON.stringify(name)}; ${didYouMean(name, names)}`);
  });
  const inhibitRules = yaml.items(top.get('inhibit_rules'), 'inhibit_rules').map((node) => readInhibitRule(yaml, node));
  const notApplied = ['inhibit_rules', 'templates', 'mute_time_intervals', 'time_intervals'];
  for (const name of notApplied) {
    const node = top.get(name);
    if (node && yaml.items(node, name).length > 0) yaml.warning(node, `${name} are understood but not applied yet`);
  }
  yaml.finish();
  return { route, receivers, inhibitRules, warnings: yaml.warnings };
}

function readReceivers(yaml: YamlReader, list: YamlNode, global: YamlFields): Receiver[] {
  const receivers: Receiver[] = [];
  for (const node of yaml.items(list, 'receivers')) {
    const fields = yaml.fields(node, 'a receiver', RECEIVER_FIELDS);
    const name = yaml.text(fields.get('name'), 'the name of a receiver') ?? '';
    if (name === '') yaml.problem(node, 'a receiver has no name');
    if (receivers.some((other) => other.name === name)) yaml.problem(node, `two receivers are named "${name}"`);
    const integrations: string[] = [];
    for (const kind of INTEGRATIONS) {
      const configs = fields.get(`${kind}_configs`);
      if (yaml.items(configs, `${kind}_configs`).length === 0) continue;
      integrations.push(kind);
      for (const config of yaml.items(configs, `${kind}_configs`)) checkIntegration(yaml, kind, config, global);
      if (!SENT_INTEGRATIONS.includes(kind)) {
        const sent = SENT_INTEGRATIONS.join(', ');
        yaml.warning(configs, `receiver "${name}": nothing is sent to ${kind}; channels are ${sent}`);
      }
    }
    receivers.push({ name, integrations });
  }
  return receivers;
}

function readInhibitRule(yaml: YamlReader, node: YamlNode): InhibitRule {
  const fields = yaml.fields(node, 'an inhibit rule', INHIBIT_FIELDS);
  return {
    sourceMatchers: readMatcherFields(yaml, fields, 'source_'),
    targetMatchers: readMatcherFields(yaml, fields, 'target_'),
    equal: yaml.texts(fields.get('equal'), 'equal'),
  };
}

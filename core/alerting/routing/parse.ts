import { didYouMean } from '../../yaml/did-you-mean.ts';
import { type YamlNode, YamlReader } from '../../yaml/reader.ts';
import type { InhibitRule } from '../inhibition/inhibitor.ts';
import { readTimeIntervals } from '../time-intervals/read-time-intervals.ts';
import type { RoutingConfig } from './config.ts';
import { checkSettings } from './known-settings.ts';
import { ROOT_DEFAULTS, readRoute } from './parse-route.ts';
import { readMatcherFields } from './read-matchers.ts';
import { readReceivers } from './read-receivers.ts';

const TOP = 'global templates route inhibit_rules receivers mute_time_intervals time_intervals tracing'.split(' ');
const INHIBIT_FIELDS = [
  'name source_match source_match_re source_matchers target_match target_match_re target_matchers',
  'equal',
].flatMap((line) => line.split(' '));

/**
 * Reads an Alertmanager configuration. Addresses and keys of channels are not read from it: they are in the channels
 * secret, because this file is in version control.
 * @param file name for messages
 * @param options `strict`: timings that cannot work are problems, not warnings
 * @throws ConfigurationError with every problem and its place
 */
export function parseRouting(text: string, file = 'routing.yaml', { strict = false } = {}): RoutingConfig {
  const yaml = new YamlReader(file, text);
  const top = yaml.fields(yaml.root, 'the configuration', TOP);
  const global = yaml.fields(top.get('global'), 'global');
  checkSettings(yaml, 'global', top.get('global'));
  const receivers = readReceivers(yaml, top.get('receivers'), global);
  const names = receivers.map(({ name }) => name);
  const timeIntervals = readTimeIntervals(yaml, top);
  const intervalNames = Object.keys(timeIntervals);
  const rootNode = top.get('route');
  if (!rootNode) yaml.problem(yaml.root, 'there is no route: add "route:" with a receiver');
  const route = readRoute(yaml, rootNode, ROOT_DEFAULTS, true, {
    receiver(node, name) {
      if (names.includes(name)) return;
      yaml.problem(node, `no receiver is named ${JSON.stringify(name)}; ${didYouMean(name, names)}`);
    },
    timeInterval(node, name) {
      if (intervalNames.includes(name)) return;
      yaml.problem(node, `no time interval is named ${JSON.stringify(name)}; ${didYouMean(name, intervalNames)}`);
    },
    timing: (node, problem) => (strict ? yaml.problem(node, problem) : yaml.warning(node, problem)),
  });
  const inhibitRules = yaml.items(top.get('inhibit_rules'), 'inhibit_rules').map((node) => readInhibitRule(yaml, node));
  const templates = yaml.texts(top.get('templates'), 'templates');
  const settings = { resolveTimeoutMs: yaml.durationMs(global.get('resolve_timeout'), 'resolve_timeout') ?? 300_000 };
  yaml.finish();
  const { warnings } = yaml;
  return { global: settings, templates, route, receivers, inhibitRules, timeIntervals, warnings };
}

function readInhibitRule(yaml: YamlReader, node: YamlNode): InhibitRule {
  const fields = yaml.fields(node, 'an inhibit rule', INHIBIT_FIELDS);
  return {
    sourceMatchers: readMatcherFields(yaml, fields, 'source_'),
    targetMatchers: readMatcherFields(yaml, fields, 'target_'),
    equal: yaml.texts(fields.get('equal'), 'equal'),
  };
}

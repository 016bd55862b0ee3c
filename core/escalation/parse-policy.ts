import { didYouMean } from '../yaml/did-you-mean.ts';
import { type YamlNode, YamlReader } from '../yaml/reader.ts';
import {
  CHANNELS,
  type Channel,
  type EscalationConfig,
  type EscalationPolicy,
  keepsIncidents,
  type Level,
} from './policy.ts';

/** By name what a level may name. */
export interface OncallNames {
  readonly people: ReadonlyMap<string, unknown>;
  readonly schedules: ReadonlyMap<string, unknown>;
}

/** Shorter than this an acknowledgement would expire before anybody could have looked. */
const SHORTEST_LEASE_MS = 60_000;

/**
 * Reads escalation.yaml.
 * @param receivers names of the receivers in routing.yaml: others are problems
 * @param oncall what oncall.yaml has; others are problems
 * @throws ConfigurationError with every problem and its place
 */
export function parseEscalation(
  text: string,
  receivers: readonly string[],
  file = 'escalation.yaml',
  oncall: OncallNames = { people: new Map(), schedules: new Map() },
): EscalationConfig {
  const yaml = new YamlReader(file, text);
  const top = yaml.fields(yaml.root, 'the file', ['policies', 'receivers']);
  const policies = new Map<string, EscalationPolicy>();
  for (const node of yaml.items(top.get('policies'), 'policies')) {
    const policy = readPolicy(yaml, node, oncall);
    if (policies.has(policy.name)) yaml.problem(node, `two policies are named "${policy.name}"`);
    policies.set(policy.name, policy);
  }
  const byReceiver = new Map<string, string>();
  for (const [receiver, node] of yaml.fields(top.get('receivers'), 'receivers')) {
    const policy = yaml.text(node, `the policy of receiver "${receiver}"`) ?? '';
    if (!receivers.includes(receiver)) {
      yaml.problem(node, `routing.yaml has no receiver "${receiver}"; ${didYouMean(receiver, receivers)}`);
    }
    const names = [...policies.keys()];
    if (!policies.has(policy)) yaml.problem(node, `no policy is named "${policy}"; ${didYouMean(policy, names)}`);
    byReceiver.set(receiver, policy);
  }
  yaml.finish();
  return { policies, receivers: byReceiver };
}

function readPolicy(yaml: YamlReader, node: YamlNode, known: OncallNames): EscalationPolicy {
  const fields = yaml.fields(node, 'a policy', ['name', 'levels', 'repeat', 'acknowledge']);
  const name = yaml.text(fields.get('name'), 'the name of a policy') ?? '';
  if (name === '') yaml.problem(node, 'a policy has no name');
  const levels: Level[] = [];
  for (const level of yaml.items(fields.get('levels'), 'levels')) {
    const read = readLevel(yaml, level, known);
    const before = levels.at(-1)?.afterMs ?? -1;
    if (read.afterMs <= before) {
      const what = 'after must be longer than that of the level before';
      yaml.problem(level, `${what}: ${read.afterMs / 1000} s is not longer than ${before / 1000} s`);
    }
    levels.push(read);
  }
  if (levels.length === 0) yaml.problem(node, `policy "${name}" has no levels: nobody would be told`);
  const repeat = yaml.fields(fields.get('repeat'), 'repeat', ['every', 'times']);
  const repeatEveryMs = yaml.durationMs(repeat.get('every'), 'every');
  const repeatTimes = yaml.count(repeat.get('times'), 'times', 0);
  const acknowledge = yaml.fields(fields.get('acknowledge'), 'acknowledge', ['lease']);
  const acknowledgeLeaseMs = yaml.durationMs(acknowledge.get('lease'), 'lease');
  if (acknowledgeLeaseMs !== undefined && acknowledgeLeaseMs < SHORTEST_LEASE_MS) {
    yaml.problem(acknowledge.get('lease'), `lease must be at least ${SHORTEST_LEASE_MS / 1000} s: nobody works faster`);
  }
  const lastMs = levels.at(-1)?.afterMs ?? 0;
  if (repeatEveryMs !== undefined && repeatEveryMs <= lastMs) {
    yaml.problem(repeat.get('every'), `every must be longer than the last level's after, ${lastMs / 1000} s`);
  }
  return {
    name,
    levels,
    ...(repeatEveryMs === undefined ? {} : { repeatEveryMs }),
    ...(repeatTimes === undefined ? {} : { repeatTimes }),
    ...(acknowledgeLeaseMs === undefined ? {} : { acknowledgeLeaseMs }),
  };
}

function readLevel(yaml: YamlReader, node: YamlNode, known: OncallNames): Level {
  const fields = yaml.fields(node, 'a level', ['after', 'channels', 'oncall', 'people', 'handOver']);
  const channels: Channel[] = [];
  for (const item of yaml.items(fields.get('channels'), 'channels')) {
    const text = yaml.text(item, 'a channel') ?? '';
    const channel = CHANNELS.find((known) => known === text);
    if (!channel) yaml.problem(item, `no channel is named ${JSON.stringify(text)}; ${didYouMean(text, CHANNELS)}`);
    else if (channels.includes(channel)) yaml.problem(item, `channel ${channel} stands twice in one level`);
    else channels.push(channel);
  }
  const oncall = readNames(yaml, fields.get('oncall'), 'oncall', 'schedule', known.schedules);
  const people = readNames(yaml, fields.get('people'), 'people', 'person', known.people);
  if (channels.length + oncall.length + people.length === 0) {
    yaml.problem(node, `a level tells nobody; give it channels (${CHANNELS.join(', ')}), oncall or people`);
  }
  const handOver = yaml.boolean(fields.get('handOver'), 'handOver') ?? false;
  if (handOver && !channels.some(keepsIncidents)) {
    yaml.problem(node, 'handOver needs a channel with an escalation of its own, e.g. pagerduty');
  }
  return {
    afterMs: yaml.durationMs(fields.get('after'), 'after') ?? 0,
    channels,
    ...(oncall.length > 0 ? { oncall } : {}),
    ...(people.length > 0 ? { people } : {}),
    ...(handOver ? { handOver } : {}),
  };
}

function readNames(
  yaml: YamlReader,
  node: YamlNode | undefined,
  key: string,
  what: string,
  known: ReadonlyMap<string, unknown>,
): string[] {
  const names = new Set<string>();
  for (const item of yaml.items(node, key)) {
    const name = yaml.text(item, `a ${what}`) ?? '';
    if (!known.has(name))
      yaml.problem(item, `oncall.yaml has no ${what} "${name}"; ${didYouMean(name, [...known.keys()])}`);
    names.add(name);
  }
  return [...names];
}

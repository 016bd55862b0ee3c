import { CHANNELS, type Channel } from '../escalation/policy.ts';
import { editDistance, nearest } from '../nearest.ts';
import { parseDuration } from '../promql/durations.ts';
import { isTimeZone } from '../time-zone.ts';
import { didYouMean } from '../yaml/did-you-mean.ts';
import type { YamlNode, YamlReader } from '../yaml/reader.ts';
import type { Limit } from './budget.ts';
import type { Person } from './config.ts';

/** No spaces: a handle stands in file names, logs and the channels secret. */
const HANDLE = /^[a-z0-9][a-z0-9._-]*$/;

export function readPerson(yaml: YamlReader, node: YamlNode): Person {
  const fields = yaml.fields(node, 'a person', ['name', 'timeZone', 'channels', 'budget']);
  const name = yaml.text(fields.get('name'), 'the name of a person') ?? '';
  if (!HANDLE.test(name)) {
    const got = name === '' ? 'it is missing' : `got ${JSON.stringify(name)}`;
    const what = "a person's name must be a handle of small letters, digits, dots, dashes";
    yaml.problem(fields.get('name') ?? node, `${what}: ${got}`);
  }
  const channels: Channel[] = [];
  const listed = yaml.items(fields.get('channels'), 'channels');
  for (const item of listed) {
    const channel = readChannel(yaml, item, yaml.text(item, 'a channel') ?? '');
    if (channel && channels.includes(channel)) yaml.problem(item, `channel ${channel} stands twice for "${name}"`);
    else if (channel) channels.push(channel);
  }
  if (listed.length === 0) {
    yaml.problem(node, `person "${name}" has no channels and could not be told; allowed: ${CHANNELS.join(', ')}`);
  }
  const budget = new Map<Channel, readonly Limit[]>();
  for (const { name: text, key, value } of yaml.entries(fields.get('budget')) ?? []) {
    const channel = readChannel(yaml, key, text);
    if (channel) budget.set(channel, readLimits(yaml, value, channel));
  }
  return { name, timeZone: readTimeZone(yaml, node, fields.get('timeZone'), `person "${name}"`), channels, budget };
}

/** A required time zone. */
export function readTimeZone(yaml: YamlReader, owner: YamlNode, node: YamlNode, what: string): string {
  const text = yaml.text(node, 'timeZone');
  if (text !== undefined && isTimeZone(text)) return text;
  if (text === undefined) yaml.problem(owner, `${what} has no timeZone: say one like Europe/Berlin`);
  else {
    const near = nearest(text, Intl.supportedValuesOf('timeZone')) ?? '';
    const isNear = editDistance(text, near) <= 3;
    const hint = isNear ? `did you mean ${JSON.stringify(near)}?` : 'say one like Europe/Berlin';
    yaml.problem(node, `no time zone is named ${JSON.stringify(text)}; ${hint}`);
  }
  return 'UTC';
}

function readChannel(yaml: YamlReader, node: YamlNode, text: string): Channel | undefined {
  const channel = CHANNELS.find((known) => known === text);
  if (!channel) yaml.problem(node, `no channel is named ${JSON.stringify(text)}; ${didYouMean(text, CHANNELS)}`);
  return channel;
}

/** `5 in 15m, 11 in 1h`. */
function readLimits(yaml: YamlReader, node: YamlNode, channel: Channel): Limit[] {
  const text = yaml.text(node, `the budget of ${channel}`) ?? '';
  const limits: Limit[] = [];
  for (const part of text.split(',')) {
    const [, count = '', duration = ''] = /^\s*(\d+)\s+in\s+(\w+)\s*$/.exec(part) ?? [];
    const windowMs = parseDuration(duration);
    if (windowMs && Number(count) > 0) limits.push({ count: Number(count), windowMs });
    else yaml.problem(node, `the budget of ${channel} must be like "5 in 15m, 11 in 1h", got ${JSON.stringify(text)}`);
  }
  return limits;
}

import { aKey, anEmail, anyText, aPhone, aUrl, type Check, SecretReader } from './secret-reader.ts';

/** Addresses and keys of the channels: the secret `nsmon/<env>/channels`. A channel that is absent cannot be used. */
export interface Channels {
  /** A webhook, or a bot's token and a channel; with the signing secret of the app, clicks on its button are taken. */
  readonly slack?: {
    readonly webhookUrl?: string;
    readonly botToken?: string;
    readonly channel?: string;
    readonly signingSecret?: string;
    readonly apiUrl?: string;
  };
  readonly pagerduty?: {
    readonly routingKey: string;
    readonly eventsUrl: string;
    /** Of webhook subscriptions; several while one is being exchanged. */
    readonly webhookSecrets?: readonly string[];
  };
  readonly email?: { readonly to: readonly string[] };
  readonly sms?: { readonly to: readonly string[] };
  readonly opsgenie?: { readonly apiKey: string; readonly region: 'us' | 'eu'; readonly apiUrl?: string };
  readonly jsm?: { readonly apiKey: string; readonly apiUrl?: string };
  readonly webhook?: { readonly url: string; readonly signingKey?: string; readonly allowPrivateAddress?: boolean };
  /** The watcher in the other region: its address and its key. */
  readonly heartbeat?: { readonly url: string; readonly signingKey: string; readonly allowPrivateAddress?: boolean };
  /** Signs the links of the acknowledge page. */
  readonly acknowledge?: { readonly signingKey: string };
  /** By handle. */
  readonly people?: Readonly<Record<string, Person>>;
}

/** Where one of the people on call is reached. */
export interface Person {
  /** What others read, e.g. in "acknowledged by"; absent: the handle. */
  readonly name?: string;
  /** Of Opsgenie the user name, too. */
  readonly email?: string;
  readonly phone?: string;
  readonly slackUserId?: string;
  readonly pagerdutyUserId?: string;
  readonly pagerdutyRoutingKey?: string;
  readonly jsmUserId?: string;
}

/** PagerDuty's Events API v2. */
export const PAGERDUTY_EVENTS_URL = 'https://events.pagerduty.com/v2/enqueue';

/** A channel that escalation.yaml names is not in the secret. Trying again does not help; somebody must add it. */
export class ChannelNotConfigured extends Error {
  override readonly name = 'ChannelNotConfigured';

  /** @param field what is wanted of a person, if the message is for one */
  constructor(channel: string, example: string, person?: string, field?: string) {
    super(
      person === undefined || field === undefined
        ? `The channels secret has no "${channel}": add ${example}`
        : `The channels secret does not say where ${person} is reached by ${channel}: add {"people": {"${person}": {"${field}": "..."}}}`,
    );
  }
}

/** What is known of a person; nothing is known of nobody. */
export function personOf({ people }: Channels, handle: string | undefined): Person | undefined {
  return handle !== undefined && people && Object.hasOwn(people, handle) ? people[handle] : undefined;
}

/** What others read of whoever a service knows by this id; undefined when nobody in the secret has it. */
export function nameBy(
  { people = {} }: Channels,
  field: 'slackUserId' | 'pagerdutyUserId',
  id: string | undefined,
): string | undefined {
  const found = Object.entries(people).find(([, person]) => id !== undefined && person[field] === id);
  return found && (found[1].name ?? found[0]);
}

/**
 * Where a message goes: to the person it is for, and only there, or to whoever is behind the channel. A person without an
 * address here has other channels, which are tried next; another's telephone is none of them.
 */
export function addressesFor(
  person: string | undefined,
  own: string | undefined,
  shared: readonly string[] = [],
): readonly string[] {
  if (person === undefined) return shared;
  return own === undefined ? [] : [own];
}

/**
 * Reads the secret's text.
 * @throws Error naming every problem, and no value: they are secret
 */
export function readChannels(text: string): Channels {
  const problems: string[] = [];
  const secret = SecretReader.of(text, problems);
  const part = <N extends keyof Channels>(name: N, read: (section: SecretReader) => Channels[N]) => {
    const section = secret.section(name);
    return section && { [name]: read(section) };
  };
  const channels: Channels = {
    ...part('slack', readSlack),
    ...part('pagerduty', (read) => ({
      routingKey: read.text('routingKey', { ...anyText, what: 'an integration key of Events API v2' }),
      eventsUrl: read.has('eventsUrl') ? read.text('eventsUrl', aUrl) : PAGERDUTY_EVENTS_URL,
      ...(read.has('webhookSecrets') && { webhookSecrets: read.list('webhookSecrets', aKey) }),
    })),
    ...part('email', (read) => ({ to: read.list('to', anEmail) })),
    ...part('sms', (read) => ({ to: read.list('to', aPhone) })),
    ...part('opsgenie', (read) => ({
      apiKey: read.text('apiKey', anyText),
      region: read.has('region') && read.text('region', aRegion) === 'eu' ? 'eu' : 'us',
      ...read.maybe('apiUrl', aUrl),
    })),
    ...part('jsm', (read) => ({ apiKey: read.text('apiKey', anyText), ...read.maybe('apiUrl', aUrl) })),
    ...part('webhook', (read) => ({
      url: read.text('url', aUrl),
      ...read.maybe('signingKey', aKey),
      ...(read.flag('allowPrivateAddress') && { allowPrivateAddress: true }),
    })),
    ...part('heartbeat', (read) => ({
      url: read.text('url', aUrl),
      signingKey: read.text('signingKey', aKey),
      ...(read.flag('allowPrivateAddress') && { allowPrivateAddress: true }),
    })),
    // CloudFormation generates the key of a new secret, and can put it only at the top.
    ...(secret.has('acknowledgeSigningKey') && {
      acknowledge: { signingKey: secret.text('acknowledgeSigningKey', aKey) },
    }),
    ...part('acknowledge', (read) => ({ signingKey: read.text('signingKey', aKey) })),
    ...part('people', (read) => Object.fromEntries(read.names.map((handle) => [handle, readPerson(read, handle)]))),
  };
  if (problems.length > 0) throw new Error(`The channels secret is wrong: ${problems.join('; ')}`);
  return channels;
}

const aRegion: Check = { what: '"us" or "eu"', holds: (value) => value === 'us' || value === 'eu' };

function readSlack(read: SecretReader): NonNullable<Channels['slack']> {
  if (!read.has('webhookUrl') && !(read.has('botToken') && read.has('channel'))) {
    read.problem('webhookUrl', 'a URL, unless botToken and channel are there');
  }
  return {
    ...read.maybe('webhookUrl', aUrl),
    ...read.maybe('botToken', anyText),
    ...read.maybe('channel', anyText),
    ...read.maybe('signingSecret', aKey),
    ...read.maybe('apiUrl', aUrl),
  };
}

function readPerson(people: SecretReader, handle: string): Person {
  const read = people.section(handle);
  if (!read) return {};
  return {
    ...read.maybe('name', anyText),
    ...read.maybe('email', anEmail),
    ...read.maybe('phone', aPhone),
    ...read.maybe('slackUserId', anyText),
    ...read.maybe('pagerdutyUserId', anyText),
    ...read.maybe('pagerdutyRoutingKey', anyText),
    ...read.maybe('jsmUserId', anyText),
  };
}

/** Addresses and keys of the channels: the secret `nsmon/<env>/channels`. A channel that is absent cannot be used. */
export interface Channels {
  readonly slack?: { readonly webhookUrl: string };
  readonly pagerduty?: { readonly routingKey: string; readonly eventsUrl: string };
  readonly webhook?: { readonly url: string; readonly signingKey?: string };
  /** The watcher in the other region: its address and its key. */
  readonly heartbeat?: { readonly url: string; readonly signingKey: string };
  /** Signs the links of the acknowledge page. */
  readonly acknowledge?: { readonly signingKey: string };
}

/** PagerDuty's Events API v2. */
const PAGERDUTY_EVENTS_URL = 'https://events.pagerduty.com/v2/enqueue';
/** Half of SHA-256's output: a shorter key weakens the signature (RFC 2104, section 3). */
const SHORTEST_KEY = 16;

/** A channel that escalation.yaml names is not in the secret. Trying again does not help; somebody must add it. */
export class ChannelNotConfigured extends Error {
  override readonly name = 'ChannelNotConfigured';

  constructor(channel: string, example: string) {
    super(`The channels secret has no "${channel}": add ${example}`);
  }
}

/**
 * Reads the secret's text.
 * @throws Error naming every problem, and no value: they are secret
 */
export function readChannels(text: string): Channels {
  const problems: string[] = [];
  let secret: Record<string, unknown> = {};
  try {
    secret = fieldsOf(JSON.parse(text));
  } catch {
    problems.push('it is not JSON');
  }
  // CloudFormation generates the key of a new secret, and can put it only at the top.
  const { acknowledgeSigningKey: signingKey } = secret;
  if (signingKey !== undefined) secret = { acknowledge: { signingKey }, ...secret };
  const read = (channel: string, field: string, isRight: (value: string) => boolean, what: string): string => {
    const value = fieldsOf(secret[channel])[field];
    if (typeof value === 'string' && isRight(value)) return value;
    problems.push(`${channel}.${field} must be ${what}`);
    return '';
  };
  const has = (channel: string, field?: string): boolean =>
    secret[channel] !== undefined && (field === undefined || fieldsOf(secret[channel])[field] !== undefined);
  const isKey = (value: string): boolean => value.length >= SHORTEST_KEY;
  const key = `a text of at least ${SHORTEST_KEY} characters`;

  const channels: Channels = {
    ...(has('slack') && { slack: { webhookUrl: read('slack', 'webhookUrl', isUrl, 'a URL') } }),
    ...(has('pagerduty') && {
      pagerduty: {
        routingKey: read('pagerduty', 'routingKey', (value) => value !== '', 'an integration key of Events API v2'),
        eventsUrl: has('pagerduty', 'eventsUrl')
          ? read('pagerduty', 'eventsUrl', isUrl, 'a URL')
          : PAGERDUTY_EVENTS_URL,
      },
    }),
    ...(has('webhook') && {
      webhook: {
        url: read('webhook', 'url', isUrl, 'a URL'),
        ...(has('webhook', 'signingKey') && { signingKey: read('webhook', 'signingKey', isKey, key) }),
      },
    }),
    ...(has('heartbeat') && {
      heartbeat: {
        url: read('heartbeat', 'url', isUrl, 'a URL'),
        signingKey: read('heartbeat', 'signingKey', isKey, key),
      },
    }),
    ...(has('acknowledge') && { acknowledge: { signingKey: read('acknowledge', 'signingKey', isKey, key) } }),
  };
  if (problems.length > 0) throw new Error(`The channels secret is wrong: ${problems.join('; ')}`);
  return channels;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isUrl(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value);
}

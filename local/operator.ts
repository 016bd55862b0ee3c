import { randomBytes } from 'node:crypto';
import type { Inbox } from './inbox/inbox.ts';
import { addressesOfPeople } from './people.ts';
import type { Services } from './services.ts';
import type { Deployment } from './template/deploy.ts';

/** Any 32 hexadecimal digits are a routing key to the inbox. */
const ROUTING_KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

/** Whoever subscribes to the topic: one address is enough to see what is sent. */
const SUBSCRIBER = 'on-call@example.org';
/** Somebody else, whom the watcher of alerting tells. */
export const WATCHER_SUBSCRIBER = 'lab-manager@example.net';

/** Of the numbers that are kept for films. */
const TELEPHONE = '+12025550123';

/** Keys that the services share with the system, new in each run. */
const PAGERDUTY_SECRET = randomBytes(24).toString('hex');
const SLACK_SECRET = randomBytes(16).toString('hex');

/**
 * What a person does by hand after a deployment: puts the addresses of the channels into the secret, here those of the
 * inbox, with address and key of the watcher, subscribes to the topics, and tells PagerDuty and Slack where their events
 * go. Members that the template generated stay, as they do when a person edits the secret.
 */
export function connectChannels(
  { resources, outputs }: Deployment,
  { secrets, sns }: Services,
  inbox: Inbox,
  assets: Iterable<string>,
): void {
  for (const { type, logicalId, ref } of resources) {
    if (type !== 'AWS::SNS::Topic') continue;
    if (logicalId.includes('Notifications')) sns.subscribe(ref, 'email', SUBSCRIBER);
    if (logicalId.startsWith('People')) sns.subscribe(ref, 'email', WATCHER_SUBSCRIBER);
  }
  const inboundUrl = Object.values(outputs).find(({ InboundEventsUrl: url }) => url !== undefined)?.InboundEventsUrl;
  if (inboundUrl !== undefined) {
    inbox.connect({ url: inboundUrl, pagerdutySecret: PAGERDUTY_SECRET, slackSecret: SLACK_SECRET });
  }
  const channels = resources.find(({ type, ref, properties }) => {
    const name = typeof properties.Name === 'string' ? properties.Name : ref;
    return type === 'AWS::SecretsManager::Secret' && name.endsWith('/channels');
  });
  if (!channels) return;
  const heartbeat = heartbeatOf(resources, secrets);
  const present = JSON.parse(secrets.get(channels.ref)) as Record<string, unknown>;
  secrets.put(
    channels.ref,
    JSON.stringify({
      ...present,
      slack: { webhookUrl: inbox.slackUrl, signingSecret: SLACK_SECRET },
      pagerduty: { routingKey: ROUTING_KEY, eventsUrl: inbox.pagerDutyUrl, webhookSecrets: [PAGERDUTY_SECRET] },
      email: { to: [SUBSCRIBER] },
      sms: { to: [TELEPHONE] },
      opsgenie: { apiKey: 'twin', apiUrl: inbox.opsgenieUrl },
      jsm: { apiKey: 'twin', apiUrl: inbox.jsmUrl },
      webhook: { url: inbox.webhookUrl, allowPrivateAddress: true },
      people: addressesOfPeople(assets),
      ...(heartbeat && { heartbeat }),
    }),
  );
}

/** Address and key of the watcher; undefined when the app has none. */
function heartbeatOf(resources: Deployment['resources'], secrets: Services['secrets']) {
  const url = resources.find(({ type, logicalId }) => type === 'AWS::Lambda::Url' && logicalId.startsWith('Heartbeat'));
  const secret = resources.find(({ properties }) => String(properties.Name).endsWith('/watcher'));
  if (!url || !secret) return undefined;
  const { signingKey } = JSON.parse(secrets.get(secret.ref)) as { signingKey: string };
  return { url: url.attributes.FunctionUrl, signingKey, allowPrivateAddress: true };
}

import type { Inbox } from './inbox/inbox.ts';
import type { Services } from './services.ts';
import type { Deployment } from './template/deploy.ts';

/** Any 32 hexadecimal digits are a routing key to the inbox. */
const ROUTING_KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

/** Whoever subscribes to the topic: one address is enough to see what is sent. */
const SUBSCRIBER = 'on-call@example.org';

/**
 * What a person does by hand after a deployment: puts the addresses of the channels into the secret, here those of the
 * inbox, and subscribes to the topic. Members that the template generated stay, as they do when a person edits the
 * secret.
 */
export function connectChannels({ resources }: Deployment, { secrets, sns }: Services, inbox: Inbox): void {
  for (const { type, logicalId, ref } of resources) {
    if (type === 'AWS::SNS::Topic' && logicalId.includes('Notifications')) sns.subscribe(ref, 'email', SUBSCRIBER);
  }
  const channels = resources.find(({ type, ref, properties }) => {
    const name = typeof properties.Name === 'string' ? properties.Name : ref;
    return type === 'AWS::SecretsManager::Secret' && name.endsWith('/channels');
  });
  if (!channels) return;
  const present = JSON.parse(secrets.get(channels.ref)) as Record<string, unknown>;
  secrets.put(
    channels.ref,
    JSON.stringify({
      ...present,
      slack: { webhookUrl: inbox.slackUrl },
      pagerduty: { routingKey: ROUTING_KEY, eventsUrl: inbox.pagerDutyUrl },
      webhook: { url: inbox.webhookUrl, allowPrivateAddress: true },
    }),
  );
}

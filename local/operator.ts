import type { Inbox } from './inbox/inbox.ts';
import type { Services } from './services.ts';
import type { Deployment } from './template/deploy.ts';

/** Any 32 hexadecimal digits are a routing key to the inbox. */
const ROUTING_KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

/**
 * What a person does by hand after a deployment: puts the addresses of the channels into the secret, here those of the
 * inbox. Members that the template generated stay, as they do when a person edits the secret.
 */
export function connectChannels({ resources }: Deployment, { secrets }: Services, inbox: Inbox): void {
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
      webhook: { url: inbox.webhookUrl },
    }),
  );
}

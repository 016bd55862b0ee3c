import { decide } from '../iam/policy.ts';
import type { ThingRegistry } from './things.ts';

/** Levels of a topic are at most eight; the three of a Basic Ingest prefix do not count. */
const MAX_SLASHES = 7;
const MAX_TOPIC_BYTES = 256;

/** What a device asks the broker for. */
export interface DeviceRequest {
  /** Common name of the certificate. */
  readonly thingName: string;
  readonly clientId: string;
  readonly action: 'iot:Connect' | 'iot:Publish' | 'iot:RetainPublish' | 'iot:Subscribe' | 'iot:Receive';
  /** `client/lab-1`, `topic/a/b`, `topicfilter/a/+`. */
  readonly resource: string;
}

/**
 * Decides by the IoT policies of the template, with the thing's name in the policy variables.
 * @param arnOf completes a resource to its ARN
 * @returns why not; undefined when the device may
 */
export function refusal(
  registry: ThingRegistry,
  { thingName, clientId, action, resource }: DeviceRequest,
  arnOf: (resource: string) => string,
): string | undefined {
  const thing = registry.get(thingName);
  if (!thing) return `the certificate of ${thingName} belongs to no registered thing`;
  const attributes = Object.entries(thing.attributes).map(
    ([name, value]) => [`iot:Connection.Thing.Attributes[${name}]`, value] as const,
  );
  const context = {
    'iot:ClientId': clientId,
    'iot:Connection.Thing.ThingName': thingName,
    'iot:Connection.Thing.IsAttached': 'true',
    ...(thing.typeName !== undefined && { 'iot:Connection.Thing.ThingTypeName': thing.typeName }),
    ...Object.fromEntries(attributes),
  };
  const decision = decide(registry.policiesOfThings(), { action, resource: arnOf(resource), context });
  return decision === 'allowed' ? undefined : `${thingName}: ${action} on ${resource} is ${decision}`;
}

/** @returns what is wrong with a topic to publish to, by IoT Core's limits */
export function topicProblem(topic: string): string | undefined {
  if (Buffer.byteLength(topic) > MAX_TOPIC_BYTES) return `the topic has more than ${MAX_TOPIC_BYTES} bytes`;
  const counted = topic.replace(/^\$aws\/rules\/[^/]+\//, '');
  const slashes = counted.split('/').length - 1;
  return slashes > MAX_SLASHES ? `the topic has ${slashes} slashes, at most ${MAX_SLASHES} are allowed` : undefined;
}

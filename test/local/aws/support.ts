import { type AwsEndpoint, type AwsEndpointOptions, createAwsEndpoint } from '../../../local/aws/endpoint.ts';
import type { Place, ResourceId } from '../../../local/aws/service.ts';

/** An endpoint with the place it serves, and what every SDK client needs to talk to it. */
export interface Rig {
  readonly endpoint: AwsEndpoint;
  readonly place: Place;
  readonly client: {
    readonly region: string;
    readonly endpoint: string;
    readonly maxAttempts: number;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
}

export async function startRig(options: AwsEndpointOptions = {}): Promise<Rig> {
  const endpoint = await createAwsEndpoint(options);
  const place = { accountId: '123456789012', region: 'us-east-1', endpoint: endpoint.url };
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  return { endpoint, place, client: { region: place.region, endpoint: endpoint.url, maxAttempts: 1, credentials } };
}

export const ID: ResourceId = { stackName: 'nsmon-test', logicalId: 'Thing' };

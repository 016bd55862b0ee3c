import { unknownOperation } from './json-service.ts';
import { type Access, AwsError, type AwsRequest, type AwsService, arn, type Place } from './service.ts';

/** What the registry knows of a thing. */
export interface Thing {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface IotPorts {
  /** Undefined when there is no such thing. */
  describeThing(name: string): Thing | undefined;
  /** Host of the broker, as devices are given it. */
  readonly dataEndpoint: string;
}

/** IoT Core's control plane: what handlers ask the registry. */
export function createIot(place: Place, ports: IotPorts): AwsService {
  const target = ({ method, path }: AwsRequest) => {
    const [, thing] = /^\/things\/([^/]+)$/.exec(path) ?? [];
    if (method === 'GET' && thing) return { operation: 'DescribeThing', thing: decodeURIComponent(thing) };
    if (method === 'GET' && path === '/endpoint') return { operation: 'DescribeEndpoint', thing: '' };
    return { operation: `${method} ${path}`, thing: '' };
  };

  return {
    signingName: 'iot',
    access(request): Access[] {
      const { operation, thing } = target(request);
      return [{ action: `iot:${operation}`, resource: thing ? arn(place, 'iot', `thing/${thing}`) : '*' }];
    },
    async handle(request) {
      const { operation, thing } = target(request);
      if (operation === 'DescribeEndpoint') return answer({ endpointAddress: ports.dataEndpoint });
      if (operation !== 'DescribeThing')
        throw unknownOperation('IoT', operation, ['DescribeThing', 'DescribeEndpoint']);
      const found = ports.describeThing(thing);
      if (!found) throw new AwsError('ResourceNotFoundException', `Thing ${thing} not found`, 404);
      return answer({
        thingName: found.name,
        thingId: found.name,
        thingArn: arn(place, 'iot', `thing/${found.name}`),
        defaultClientId: found.name,
        attributes: found.attributes,
        version: 1,
      });
    },
  };
}

function answer(value: unknown) {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

import { unknownOperation } from './json-service.ts';
import { type AwsRequest, type AwsService, arn, type Place } from './service.ts';

/** Publishes to the twin's broker as IoT Core itself. */
export type Publish = (topic: string, payload: Buffer, qos: 0 | 1) => Promise<void>;

/** IoT Core's data plane: `POST /topics/<topic>?qos=1`. */
export function createIotData(place: Place, publish: Publish): AwsService {
  const topicOf = ({ method, path }: AwsRequest) => {
    const [, topic] = /^\/topics\/(.+)$/.exec(path) ?? [];
    return method === 'POST' && topic ? decodeURIComponent(topic) : undefined;
  };

  return {
    signingName: 'iotdata',
    access(request) {
      return [{ action: 'iot:Publish', resource: arn(place, 'iot', `topic/${topicOf(request) ?? ''}`) }];
    },
    async handle(request) {
      const topic = topicOf(request);
      if (topic === undefined)
        throw unknownOperation('IoT data plane', `${request.method} ${request.path}`, ['Publish']);
      await publish(topic, request.body, request.query.get('qos') === '1' ? 1 : 0);
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"message":"OK"}' };
    },
  };
}

import { unknownOperation } from './json-service.ts';
import { AwsError, type AwsRequest, type AwsResponse, type AwsService, arn, type Place } from './service.ts';

export interface Invoked {
  /** JSON text: the answer, or the error object when `functionError` is set. */
  readonly payload: string;
  readonly functionError?: string;
}

/**
 * Runs a function of the twin.
 * @param functionName a name or an ARN
 * @throws AwsError ResourceNotFoundException, TooManyRequestsException
 */
export type Invoke = (functionName: string, payload: string) => Promise<Invoked>;

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's Invoke: `POST /2015-03-31/functions/<name>/invocations`. */
export function createLambdaApi(
  place: Place,
  invoke: Invoke,
  onEventFailed: (message: string) => void = () => {},
): AwsService {
  const nameOf = ({ path }: AwsRequest) => decodeURIComponent(PATH.exec(path)?.[1] ?? '');

  return {
    signingName: 'lambda',
    access(request) {
      const name = nameOf(request);
      return [
        {
          action: 'lambda:InvokeFunction',
          resource: name.startsWith('arn:') ? name : arn(place, 'lambda', `function:${name}`),
        },
      ];
    },
    async handle(request): Promise<AwsResponse> {
      const name = nameOf(request);
      if (name === '' || request.method !== 'POST') {
        throw unknownOperation('Lambda', `${request.method} ${request.path}`, ['Invoke']);
      }
      const payload = request.body.toString() || '{}';
      switch (request.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
        case 'DryRun':
          return { status: 204 };
        case 'Event':
          invoke(name, payload).catch((error: unknown) => onEventFailed(`${name}: ${String(error)}`));
          return { status: 202 };
        case 'RequestResponse':
          return answer(await invoke(name, payload));
        default:
          throw new AwsError(
            'InvalidParameterValueException',
            `Unknown X-Amz-Invocation-Type ${request.headers['x-amz-invocation-type']}`,
          );
      }
    },
  };
}

function answer({ payload, functionError }: Invoked): AwsResponse {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(functionError === undefined ? {} : { 'x-amz-function-error': functionError }),
    },
    body: payload,
  };
}

import { AwsError, type AwsRequest, type AwsService } from '../aws/service.ts';
import type { FunctionConfiguration } from './function.ts';
import type { InvocationResult } from './runtime-api.ts';

export interface Invoker {
  configuration(id: string): FunctionConfiguration;
  invoke(id: string, payload: string): Promise<InvocationResult>;
  invokeAsync(id: string, payload: string): void;
}

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's API, as far as running systems call it: Invoke. */
export function lambdaService(invoker: Invoker): AwsService {
  const idOf = ({ path }: AwsRequest) => {
    const id = INVOKE.exec(path)?.[1];
    if (id !== undefined) return decodeURIComponent(id);
    throw new AwsError('UnknownOperationException', `The twin's Lambda has no ${path}; it has Invoke.`, 404);
  };
  return {
    signingName: 'lambda',
    access: (request) => [{ action: 'lambda:InvokeFunction', resource: invoker.configuration(idOf(request)).arn }],
    async handle(request) {
      const id = idOf(request);
      const payload = request.body.length === 0 ? '{}' : request.body.toString();
      if (request.headers['x-amz-invocation-type'] === 'Event') {
        invoker.invokeAsync(id, payload);
        return { status: 202 };
      }
      const result = await invoker.invoke(id, payload);
      return {
        status: 200,
        headers: {
          'content-type': 'application/json',
          'x-amz-executed-version': '$LATEST',
          ...(result.functionError && { 'x-amz-function-error': result.functionError }),
        },
        body: result.payload,
      };
    },
  };
}

import type { Place } from '../aws/service.ts';
import type { Credentials } from '../iam/iam.ts';
import type { FunctionConfiguration } from './function.ts';

export interface FunctionCode {
  /** Directory of the unpacked asset. */
  readonly directory: string;
  /** `index.handler`. */
  readonly handler: string;
  /** `nodejs24.x`. */
  readonly runtime: string;
}

/**
 * The environment of a function's process: what Lambda sets, where the twin's services are, what the template adds.
 * Nothing is inherited, or a handler could lean on something that AWS does not have.
 */
export function environmentOf(
  { name, memoryMb }: FunctionConfiguration,
  { directory, handler, runtime }: FunctionCode,
  { region, endpoint }: Place,
  { accessKeyId, secretAccessKey }: Credentials,
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    ...variables,
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LAMBDA_TASK_ROOT: directory,
    _HANDLER: handler,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '$LATEST',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    // Every SDK client of the handler talks to the twin, and none looks for other credentials.
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    // The deployed function runs on a newer Node than the twin may.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

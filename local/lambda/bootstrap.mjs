/**
 * The Node.js runtime of a function's process: loads the handler, then asks the Runtime API for one event after the
 * other, as AWS's own runtime client does. Plain JavaScript without dependencies, so that a cold start costs what the
 * handler costs.
 */
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API, LAMBDA_TASK_ROOT, _HANDLER } = process.env;
const [host, port] = AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let currentRequestId;

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, agent, method, path: `/2018-06-01/runtime/${path}`, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function shapeOf(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), stackTrace: [] };
  return { errorType: error.name, errorMessage: error.message, stackTrace: (error.stack ?? '').split('\n') };
}

function report(path, error, errorType) {
  const shape = { ...shapeOf(error), ...(errorType ? { errorType } : {}) };
  return call('POST', path, JSON.stringify(shape), {
    'content-type': 'application/json',
    'lambda-runtime-function-error-type': shape.errorType,
  });
}

/** Ends the process after an error that no handler caught; the invocation that was running fails with it. */
async function die(error, errorType) {
  console.error(error);
  const path = currentRequestId ? `invocation/${currentRequestId}/error` : 'init/error';
  await report(path, error, errorType).catch(() => {});
  process.exit(129);
}
process.on('uncaughtException', (error) => void die(error));
process.on('unhandledRejection', (error) => void die(error, 'Runtime.UnhandledPromiseRejection'));

class HandlerError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

async function loadHandler() {
  const dot = _HANDLER.lastIndexOf('.');
  const [module, name] = [_HANDLER.slice(0, dot), _HANDLER.slice(dot + 1)];
  const file = ['.js', '.mjs', '.cjs'].map((ending) => join(LAMBDA_TASK_ROOT, module + ending)).find(existsSync);
  if (!file)
    throw new HandlerError('Runtime.ImportModuleError', `Cannot find module '${module}' in ${LAMBDA_TASK_ROOT}`);
  const loaded = await import(pathToFileURL(file).href);
  const handler = loaded[name] ?? loaded.default?.[name];
  if (typeof handler !== 'function') {
    throw new HandlerError('Runtime.HandlerNotFound', `${_HANDLER} is undefined or not exported`);
  }
  if (handler.length > 2) {
    throw new HandlerError(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.',
    );
  }
  return handler;
}

function contextOf(headers) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

async function run(handler) {
  for (;;) {
    const { headers, body } = await call('GET', 'invocation/next');
    currentRequestId = headers['lambda-runtime-aws-request-id'];
    process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
    try {
      const result = await handler(JSON.parse(body), contextOf(headers));
      await call('POST', `invocation/${currentRequestId}/response`, JSON.stringify(result) ?? 'null', {
        'content-type': 'application/json',
      });
    } catch (error) {
      console.error(error);
      await report(`invocation/${currentRequestId}/error`, error);
    }
    currentRequestId = undefined;
  }
}

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  await die(error, error instanceof SyntaxError ? 'Runtime.UserCodeSyntaxError' : undefined);
}
// The twin ended first: nobody is left to work for.
await run(handler).catch(() => process.exit(0));

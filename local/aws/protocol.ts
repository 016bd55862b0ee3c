import { AwsError, type AwsRequest, type AwsResponse } from './service.ts';

/** The four ways AWS services speak HTTP, as far as the clients of this system use them. */
export type Protocol = 'json' | 'query' | 'rest-json' | 'rest-xml';

/** What a request itself says about its protocol. */
export function protocolOf(request: AwsRequest, signingName: string): Protocol {
  if (request.headers['x-amz-target']) return 'json';
  // Prometheus takes its queries as forms, too, and answers JSON.
  if (signingName === 'aps') return 'rest-json';
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return 'query';
  return signingName === 's3' ? 'rest-xml' : 'rest-json';
}

/** The operation that `X-Amz-Target: Prefix.Operation` or the form field `Action=` names. */
export function operationOf(headers: Readonly<Record<string, string>>, body: Buffer): string | undefined {
  const target = headers['x-amz-target'];
  if (target) return target.slice(target.lastIndexOf('.') + 1);
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined;
  return new URLSearchParams(body.toString()).get('Action') ?? undefined;
}

/** The members of a JSON request; none when the body is empty. @throws AwsError SerializationException */
export function jsonBody(request: AwsRequest): Record<string, unknown> {
  if (request.body.length === 0) return {};
  try {
    return JSON.parse(request.body.toString()) as Record<string, unknown>;
  } catch (error) {
    throw new AwsError('SerializationException', `The body is not JSON: ${String(error)}`);
  }
}

export function json(value: unknown, status = 200): AwsResponse {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(value) };
}

/** The answer of a query-protocol operation: `<OpResponse><OpResult>...`. `result` is XML. */
export function queryResult(operation: string, namespace: string, result: string): AwsResponse {
  const body = `<${operation}Response xmlns="${namespace}"><${operation}Result>${result}</${operation}Result><ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

export function xml(body: string, status = 200): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** An error in the shape that the protocol's clients recognise its class by. */
export function errorResponse(protocol: Protocol, error: AwsError): AwsResponse {
  const { name, message, status, members } = error;
  switch (protocol) {
    case 'json':
      // Both spellings of "message" are in use among the JSON services' error shapes.
      return {
        ...json({ __type: name, message, Message: message, ...members }, status),
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name },
      };
    case 'rest-json':
      return {
        status,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': name },
        body: JSON.stringify({ message, Message: message, ...members }),
      };
    case 'query':
      return xml(
        `<ErrorResponse><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${name}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>`,
        status,
      );
    case 'rest-xml':
      return xml(`<Error><Code>${name}</Code><Message>${escapeXml(message)}</Message></Error>`, status);
  }
}

import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Answer } from '../../core/notifications/answer.ts';
import type { HttpRequest } from '../../core/notifications/request.ts';
import { isPublicAddress } from './private-address.ts';
import { parseRetryAfter } from './retry-after.ts';

/** More of an answer than this is not read: what counts stands at its beginning, and the rest is for the log. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** The name leads to an address that the request may not go to. */
class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';

  constructor(host: string, address: string) {
    const where = host === address ? host : `${host} (${address})`;
    super(
      `${where} is no public address; if it is meant, add "allowPrivateAddress": true to the webhook in the secret`,
    );
  }
}

/**
 * Sends a request and says what came back; never throws. Follows no redirect: it would carry the message, and its link,
 * to whoever answers there.
 * @param timeoutMs for all of it: name, connection, answer and its last byte
 */
export function sendHttp(request: HttpRequest, timeoutMs: number, nowMs: () => number): Promise<Answer> {
  return new Promise((resolve) => {
    const { url, method, headers, body, publicOnly = false } = request;
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error: Error): void => {
      if (error instanceof PrivateAddress) resolve({ forbidden: error.message });
      else resolve({ error: signal.aborted ? `no answer within ${timeoutMs / 1000} s` : describe(error) });
    };
    const { protocol, hostname } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    // An address that stands in the URL itself is not looked up.
    if (publicOnly && isIP(host) && !isPublicAddress(host)) return fail(new PrivateAddress(host, host));
    const options = {
      method,
      signal,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // A connection of its own: what is checked is what is used.
      agent: false as const,
      ...(publicOnly ? { lookup: publicLookup } : {}),
    };
    const outgoing = (protocol === 'https:' ? https : http).request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (): void => {
        const text = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
        const retryAfterMs = parseRetryAfter(response.headers['retry-after'], nowMs());
        resolve({ status: response.statusCode ?? 0, text, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes < MAX_ANSWER_BYTES) return;
        done();
        outgoing.destroy();
      });
      response.on('end', done);
      response.on('error', fail);
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

/** Looks a name up, and fails when any of its addresses is not public: the next connection could be to that one. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const failed =
      error ??
      addresses.flatMap(({ address }) => (isPublicAddress(address) ? [] : [new PrivateAddress(hostname, address)]))[0];
    const [first] = addresses ?? [];
    if (failed) callback(failed, []);
    else if (options.all) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family ?? 4);
  });
};

function describe(error: NodeJS.ErrnoException): string {
  return error.code && !error.message.includes(error.code) ? `${error.message} (${error.code})` : error.message;
}

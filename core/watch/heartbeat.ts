import { createHmac, timingSafeEqual } from 'node:crypto';

/** A sign of life, as the way from rules to people sent it. */
export interface Heartbeat {
  /** When it was sent, by the sender's signed word: the same request sent again later says nothing new. */
  readonly atMs: number;
  /** A link of a notification; what it opens must answer as long as people may need it. */
  readonly pageUrl?: string;
}

/** Why a request is none. */
export type NoHeartbeat = 'not signed' | 'wrong signature' | 'too old' | 'from the future' | 'not firing';

export interface SignedRequest {
  readonly body: string;
  /** `x-nsmon-timestamp`, epoch seconds. */
  readonly timestamp: string;
  /** `x-nsmon-signature`: `sha256=<hex>`, the HMAC of `<timestamp>.<body>`. */
  readonly signature: string;
}

/** A sender tries again for minutes; what is older was recorded by somebody. */
const VALID_MS = 300_000;
/** Clocks differ by less. */
const AHEAD_MS = 60_000;

/** Reads the webhook of an alert that always fires: see core/notifications/channel/webhook.ts for how it is made. */
export function readHeartbeat(request: SignedRequest, signingKey: string, nowMs: number): Heartbeat | NoHeartbeat {
  const { body, timestamp, signature } = request;
  if (signature === '' || !/^\d{1,12}$/.test(timestamp)) return 'not signed';
  const right = `sha256=${createHmac('sha256', signingKey).update(`${timestamp}.${body}`).digest('hex')}`;
  const [given, expected] = [Buffer.from(signature), Buffer.from(right)];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong signature';
  const atMs = Number(timestamp) * 1000;
  if (atMs < nowMs - VALID_MS) return 'too old';
  if (atMs > nowMs + AHEAD_MS) return 'from the future';
  const { status, acknowledgeURL } = JSON.parse(body) as { status?: unknown; acknowledgeURL?: unknown };
  if (status !== 'firing') return 'not firing';
  const isLink = typeof acknowledgeURL === 'string' && /^https?:\/\//.test(acknowledgeURL);
  return { atMs, ...(isLink ? { pageUrl: acknowledgeURL } : {}) };
}

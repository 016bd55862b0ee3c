import { createHmac, timingSafeEqual } from 'node:crypto';

/** What an acknowledge link says: which incident, and until when (epoch ms) it may be acknowledged through it. */
export interface AcknowledgeClaim {
  readonly groupId: string;
  readonly generation: number;
  readonly expiresAtMs: number;
}

/** How long a link works. */
export const LINK_VALID_MS = 24 * 3_600_000;

/** `<url>?t=<payload>.<signature>`: no task token in it, so that it says nothing and outlives the wait it came from. */
export function acknowledgeLink(acknowledgeUrl: string, claim: AcknowledgeClaim, signingKey: string): string {
  const { groupId, generation, expiresAtMs } = claim;
  const payload = Buffer.from(JSON.stringify([groupId, generation, expiresAtMs])).toString('base64url');
  const url = new URL(acknowledgeUrl);
  url.searchParams.set('t', `${payload}.${sign(payload, signingKey)}`);
  return url.href;
}

/**
 * Reads the `t` of a link.
 * @returns the claim, or why there is none: `invalid` when it was not made with this key
 */
export function verifyAcknowledge(
  token: string,
  signingKey: string,
  nowMs: number,
): AcknowledgeClaim | 'invalid' | 'expired' {
  const [payload = '', signature = '', ...more] = token.split('.');
  const [given, right] = [Buffer.from(signature), Buffer.from(sign(payload, signingKey))];
  if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return 'invalid';
  const [groupId, generation, expiresAtMs] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [
    string,
    number,
    number,
  ];
  return expiresAtMs <= nowMs ? 'expired' : { groupId, generation, expiresAtMs };
}

function sign(payload: string, signingKey: string): string {
  return createHmac('sha256', signingKey).update(`acknowledge.${payload}`).digest('base64url');
}

import { createHmac, timingSafeEqual } from 'node:crypto';

/** The hexadecimal HMAC-SHA256 of a text. */
export function hmacHex(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** Compares in a time that does not tell how much of it was right. */
export function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

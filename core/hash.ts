import { createHash } from 'node:crypto';

/** The first `digits` (up to 64) hexadecimal digits of the SHA-256 of the text. */
export function hashOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

import { createHash } from 'node:crypto';
import type { Labels } from '../metrics/model.ts';

/** The first `digits` (up to 64) hexadecimal digits of the SHA-256 of the text. */
export function hashOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** Identity of an alert as a short text: equal for equal labels, whatever their order. */
export function fingerprintOf(labels: Labels): string {
  const pairs = Object.keys(labels)
    .filter((name) => labels[name] !== '')
    .sort()
    .map((name) => [name, labels[name]]);
  return hashOf(JSON.stringify(pairs), 16);
}

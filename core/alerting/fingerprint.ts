import { hashOf } from '../hash.ts';
import type { Labels } from '../metrics/model.ts';

/** Identity of an alert as a short text: equal for equal labels, whatever their order. */
export function fingerprintOf(labels: Labels): string {
  const pairs = Object.keys(labels)
    .filter((name) => labels[name] !== '')
    .sort()
    .map((name) => [name, labels[name]]);
  return hashOf(JSON.stringify(pairs), 16);
}

import { hashOf } from '../../core/hash.ts';
import type { ResourceId } from './service.ts';

/**
 * A name as CloudFormation makes one up for a resource without: `<stack>-<logical id>-<hash>`, here the same in every
 * run, so that a restarted twin finds its things again.
 */
export function generatedName({ stackName, logicalId }: ResourceId): string {
  const hash = hashOf(`${stackName}/${logicalId}`, 12).toUpperCase();
  return `${stackName}-${logicalId}-${hash}`;
}

/** A property as text, or a name made up when the template gives none. */
export function nameOf(id: ResourceId, value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : generatedName(id);
}

export function asText(value: unknown, fallback = ''): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : fallback;
}

/** CloudFormation passes numbers as numbers or as text. */
export function asNumber(value: unknown, fallback: number): number {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : fallback;
}

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Refuses properties that the twin neither uses nor leaves out on purpose, so that no wish of the template is silently
 * dropped. `ignored` are those that make no difference on one machine (tags, encryption keys, backups).
 * @throws Error naming all of them
 */
export function assertKnown(
  { stackName, logicalId }: ResourceId,
  type: string,
  properties: Readonly<Record<string, unknown>>,
  used: readonly string[],
  ignored: readonly string[] = [],
): void {
  const known = new Set([...used, ...ignored, 'Tags']);
  const unknown = Object.keys(properties).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new Error(
    `${stackName}/${logicalId} (${type}): the twin does not know the ${unknown.length === 1 ? 'property' : 'properties'} ${unknown.join(', ')}; it knows ${[...known].join(', ')}.`,
  );
}

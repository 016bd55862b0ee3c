import { expect, test } from '@jest/globals';
import type { Row } from '../../../../local/aws/timestream/records.ts';
import { Versions } from '../../../../local/aws/timestream/versions.ts';

function row(timeNs: bigint, value: string, dimensions: Record<string, string> = { device: 'a' }, version = 1): Row {
  return { dimensions, measureName: 'm', timeNs, version, measures: [{ column: 'value', type: 'DOUBLE', value }] };
}

test('the order of dimensions does not make another record', () => {
  const versions = new Versions();
  expect(versions.admit(row(1n, '1', { a: '1', b: '2' }))).toBe('new');
  expect(versions.admit(row(1n, '1', { b: '2', a: '1' }))).toBe('same');
});

test('a higher version with the same measures changes nothing but the version', () => {
  const versions = new Versions();
  versions.admit(row(1n, '1'));
  expect(versions.admit(row(1n, '1', undefined, 5))).toBe('same');
  expect(versions.admit(row(1n, '2', undefined, 4))).toMatchObject({ existingVersion: 5 });
  expect(versions.admit(row(1n, '2', undefined, 6))).toBe('replace');
});

test('what left the window is forgotten, and a series without records with it', () => {
  const versions = new Versions();
  for (let i = 0n; i < 10n; i++) versions.admit(row(i, '1', { device: i < 5n ? 'old' : 'new' }));
  expect(versions.size).toBe(10);
  versions.forgetBefore(7n);
  expect(versions.size).toBe(3);
  expect(versions.admit(row(8n, '1', { device: 'new' }))).toBe('same');
  expect(versions.admit(row(2n, '1', { device: 'old' }))).toBe('new');
});

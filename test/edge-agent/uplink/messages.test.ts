import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PointGroup } from '../../../core/metrics/model.ts';
import { countPoints, split } from '../../../edge-agent/uplink/messages.ts';
import { topicMatches } from '../../../edge-agent/uplink/uplink.ts';

const groupsOf = (sizes: readonly number[]): PointGroup[] =>
  sizes.map((size, g) => ({
    resource: { job: String(g) },
    points: Array.from({ length: size }, (_, i) => ({
      kind: 'gauge' as const,
      name: `m${i}`,
      labels: {},
      timeMs: 1,
      value: i,
    })),
  }));
const bytesOf = (groups: readonly PointGroup[]) => new Uint8Array(countPoints(groups) * 10);

describe('cutting a batch into messages', () => {
  test('leaves one that fits as it is, and makes none of nothing', () => {
    const groups = groupsOf([3, 2]);
    expect(split(groups, bytesOf, 50)).toEqual([groups]);
    expect(split([], bytesOf, 50)).toEqual([]);
  });

  test('keeps every point once, in order, within the limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 }),
        fc.integer({ min: 10, max: 300 }),
        (sizes, limit) => {
          const groups = groupsOf(sizes);
          const pieces = split(groups, bytesOf, limit);
          const flat = (all: readonly PointGroup[]) =>
            all.flatMap(({ resource, points }) => points.map(({ name }) => `${resource.job} ${name}`));
          expect(pieces.flatMap(flat)).toEqual(flat(groups));
          for (const piece of pieces) expect(bytesOf(piece).length).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });
});

describe('a topic filter', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a/b/c', false],
    ['a/+/c', 'a/b/c', true],
    ['a/#', 'a/b/c', true],
    ['a/b/c', 'a/b', false],
    ['+', 'a/b', false],
  ])('%s and topic %s: %p', (filter, topic, expected) => {
    expect(topicMatches(filter, topic)).toBe(expected);
  });
});

import { expect, test } from '@jest/globals';
import type { PointGroup } from '../../core/metrics/model.ts';
import { Arrivals } from '../../edge-agent/arrivals.ts';
import { ManualClock } from '../support/manual-clock.ts';

const group = (job: string): PointGroup => ({ resource: { job }, points: [] });

function world() {
  const clock = new ManualClock();
  const startMs = clock.nowMs();
  const looks: string[] = [];
  const arrivals = new Arrivals(clock, (groups) => {
    looks.push(`${clock.nowMs() - startMs}: ${groups.map(({ resource }) => resource.job).join(' ')}`);
  });
  return { clock, looks, arrivals };
}

test('what arrives within 50 ms is looked at together, what comes later again', () => {
  const { clock, looks, arrivals } = world();
  arrivals.add([group('a')]);
  clock.advance(30);
  arrivals.add([group('b'), group('c')]);
  clock.advance(20);
  expect(looks).toEqual(['50: a b c']);
  clock.advance(1_000);
  arrivals.add([group('d')]);
  clock.advance(50);
  expect(looks).toEqual(['50: a b c', '1100: d']);
});

test('after the end nothing is looked at any more', () => {
  const { clock, looks, arrivals } = world();
  arrivals.add([group('a')]);
  arrivals.stop();
  arrivals.add([group('b')]);
  clock.advance(1_000);
  expect(looks).toEqual([]);
});

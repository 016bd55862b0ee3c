import { describe, expect, test } from '@jest/globals';
import { evaluateInstant } from '../../../core/promql/index.ts';
import { matcher } from '../../../core/promql/matchers.ts';
import { MemorySeriesSource } from '../../../core/promql/source-memory.ts';

const contact = [matcher('__name__', '=', 'contact')];

describe('series in memory', () => {
  test('are found by name and labels', () => {
    const source = new MemorySeriesSource();
    source.append('contact', { channel: 'Cz' }, 1000, 1);
    source.append('contact', { channel: 'Pz' }, 1000, 0);
    source.append('quality', { channel: 'Pz' }, 1000, 0.5);
    const found = source.select([...contact, matcher('channel', '=~', 'P.*')], 0, 2000);
    expect(found.map(({ labels }) => labels)).toEqual([{ __name__: 'contact', channel: 'Pz' }]);
    expect(source.select([matcher('channel', '=', 'Pz')], 0, 2000)).toHaveLength(2);
  });

  test('are not found outside of their samples', () => {
    const source = new MemorySeriesSource();
    source.append('contact', {}, 1000, 1);
    expect(source.select(contact, 1000, 2000)).toHaveLength(0);
    expect(source.select(contact, 0, 999)).toHaveLength(0);
    expect(source.select(contact, 999, 1000)).toHaveLength(1);
  });

  test('an empty label is an absent one', () => {
    const source = new MemorySeriesSource();
    source.append('contact', { channel: 'Cz', session_id: '' }, 1000, 1);
    source.append('contact', { channel: 'Cz' }, 2000, 0);
    expect(source.select(contact, 0, 3000)).toHaveLength(1);
  });

  test('refuse a sample from the past and replace one of the same time', () => {
    const source = new MemorySeriesSource();
    expect(source.append('contact', {}, 2000, 1)).toBe(true);
    expect(source.append('contact', {}, 1000, 5)).toBe(false);
    expect(source.append('contact', {}, 2000, 0)).toBe(true);
    expect(source.select(contact, 0, 3000)[0]?.samples.map(({ value }) => value)).toEqual([0]);
  });

  test('keep at least the retention, and not much more', () => {
    const source = new MemorySeriesSource({ retentionMs: 10_000 });
    for (let second = 0; second <= 100; second += 1) source.append('contact', {}, second * 1000, second);
    const samples = source.select(contact, 0, 200_000)[0]?.samples ?? [];
    expect(samples[0]?.timeMs).toBeLessThanOrEqual(90_000);
    expect(samples[0]?.timeMs).toBeGreaterThanOrEqual(87_000);
  });

  test('that ended are not found by instant selectors, but their samples are', () => {
    const source = new MemorySeriesSource();
    source.append('contact', {}, 1000, 1);
    source.markStale('contact', {}, 2000);
    expect(evaluateInstant('contact', 1500, source)).toMatchObject({ vector: [{ value: 1 }] });
    expect(evaluateInstant('contact', 2000, source)).toMatchObject({ vector: [] });
    expect(evaluateInstant('count_over_time(contact[1m])', 2000, source)).toMatchObject({ vector: [{ value: 1 }] });
  });

  test('without news are forgotten when asked to', () => {
    const source = new MemorySeriesSource();
    source.append('contact', { channel: 'Cz' }, 1000, 1);
    source.append('contact', { channel: 'Pz' }, 9000, 1);
    source.forgetBefore(5000);
    expect(source.select(contact, 0, 10_000)).toHaveLength(1);
    source.forgetBefore(10_000);
    expect(source.names).toEqual([]);
  });
});

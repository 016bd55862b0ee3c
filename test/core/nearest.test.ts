import { describe, expect, test } from '@jest/globals';
import { editDistance, nearest } from '../../core/nearest.ts';

describe('the nearest known name', () => {
  test('is the one with the fewest letters to correct', () => {
    expect(nearest('reciever', ['repeat', 'receiver', 'receivers'])).toBe('receiver');
  });

  test('is the first of equally near ones, and none when nothing is known', () => {
    expect(nearest('ab', ['ac', 'aa'])).toBe('ac');
    expect(nearest('ab', [])).toBeUndefined();
  });

  test.each([
    ['', 'abc', 3],
    ['flaw', 'lawn', 2],
    ['kitten', 'sitting', 3],
    ['same', 'same', 0],
  ])('%j to %j takes %d corrections, either way round', (a, b, corrections) => {
    expect(editDistance(a, b)).toBe(corrections);
    expect(editDistance(b, a)).toBe(corrections);
  });
});

import { describe, expect, test } from '@jest/globals';
import { wrap } from '../../bin/wrap.ts';

describe('help in a narrow terminal', () => {
  test('a meaning goes on under its beginning, not under the option', () => {
    expect(wrap('  --for TIME   end after this time, with code 0', 36)).toBe(
      '  --for TIME   end after this time,\n               with code 0',
    );
  });

  test('a paragraph that was written in full lines is set anew, a list of short lines is left alone', () => {
    const paragraph = `${'word '.repeat(22).trim()}\nand more`;
    expect(
      wrap(paragraph, 60)
        .split('\n')
        .map(({ length }) => length),
    ).toEqual([59, 58]);
    expect(wrap('one\ntwo', 60)).toBe('one\ntwo');
  });

  test('an example stays whole, for whoever copies it', () => {
    const example = '  npx nsmon silence add --session run-7 --comment "subject moves on purpose"';
    expect(wrap(example, 40)).toBe(example);
  });

  test('a word that is wider than the terminal is not cut, and nothing is said twice or left out', () => {
    const text = `  --x   ${'y'.repeat(90)} ${'z '.repeat(60).trim()}`;
    expect(wrap(text, 40).split(/\s+/)).toEqual(text.split(/\s+/));
  });
});

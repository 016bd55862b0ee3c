import { describe, expect, test } from '@jest/globals';
import { compileAnchored, compileSearch } from '../../../core/promql/regex.ts';

describe('RE2 expressions mean the same in JavaScript', () => {
  test.each([
    ['prod', 'production', false],
    ['prod.*', 'production', true],
    ['.*', 'two\nlines', true],
    ['(?i)PROD.*', 'production', true],
    ['(?i:PROD)UCTION', 'production', false],
    ['(?i:PROD)uction', 'production', true],
    ['a(?i)b|C', 'c', true],
    ['(a(?i)b)c', 'aBC', false],
    ['(?P<name>a)b', 'ab', true],
    ['[[:alpha:]]+[[:digit:]]', 'lab1', true],
    ['(?i)[a-c]+', 'AbC', true],
    ['\\Qa.b\\E+', 'a.bb', true],
    ['\\Qa.b\\E', 'axb', false],
    ['a{2}', 'aa', true],
    ['a{', 'a{', true],
    ['{x}', '{x}', true],
    ['x]', 'x]', true],
    ['\\d+\\.\\d', '10.5', true],
    ['10/2-5', '10/2-5', true],
    ['\\-\\/\\_', '-/_', true],
    ['[\\w-]+', 'a-b', true],
    ['\\x41\\x{1F600}', 'A\u{1F600}', true],
    ['\\pL+', 'Ä', true],
    ['a|b|', '', true],
  ])('%s on %j: %s', (pattern, text, expected) => {
    expect(compileAnchored(pattern).test(text)).toBe(expected);
  });

  test('an invalid expression is named', () => {
    expect(() => compileAnchored('a(b')).toThrow('invalid regular expression "a(b"');
    expect(() => compileAnchored('a(?=b)')).toThrow('unsupported group');
  });

  test('a search is not anchored', () => {
    expect('lab-12'.replace(compileSearch('[0-9]+'), 'N')).toBe('lab-N');
  });
});

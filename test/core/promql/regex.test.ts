import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LinearRegex } from '../../../core/promql/linear-regex.ts';
import { compileAnchored, compileSearch, replaceAll } from '../../../core/promql/regex.ts';

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
    expect(replaceAll(compileSearch('[0-9]+'), 'lab-12', 'N')).toBe('lab-N');
  });
});

describe('an expression that would make JavaScript backtrack for ever', () => {
  test.each([
    ['(a+)+b', `${'a'.repeat(5_000)}c`, false],
    ['(a|aa)+$', `${'a'.repeat(5_000)}c`, false],
    ['(.*)*x(.*)*y', 'x'.repeat(5_000), false],
    ['.*.*.*.*=.*', 'a'.repeat(5_000), false],
    ['(a+)+b', `${'a'.repeat(5_000)}b`, true],
  ])('is matched in time that grows with the text: %s', (pattern, text, expected) => {
    expect(compileAnchored(pattern).test(text)).toBe(expected);
  });

  test.each(['(((a{1000}){1000}){1000})', '(a{1001})+', `${'('.repeat(5_000)}a${')'.repeat(5_000)}`])(
    'or is refused for its size, as RE2 does',
    (pattern) => {
      expect(() => compileAnchored(pattern)).toThrow('invalid regular expression');
    },
  );
});

describe('the linear matcher agrees with JavaScript’s', () => {
  const part = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\b', 'é', '^', '$');
  const source = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      part,
      fc.tuple(tie('any'), tie('any')).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(${a}|${b})`),
      fc
        .tuple(tie('any'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{2,}'))
        .map(([a, quantifier]) => `(?:${a})${quantifier}`),
    ),
  })).any as fc.Arbitrary<string>;
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' '), maxLength: 8 });

  test('on whether something matches, and where', () => {
    fc.assert(
      fc.property(source, text, (pattern, of) => {
        const own = new LinearRegex(pattern, false).exec(of);
        const match = new RegExp(pattern, 'u').exec(of);
        // Where it ends may differ: JavaScript rejects repetitions that take nothing, RE2 does not.
        expect(own?.index).toBe(match?.index);
        const whole = new RegExp(`^(?:${pattern})$`, 'u').test(of);
        expect(new LinearRegex(pattern, true).exec(of) !== undefined).toBe(whole);
      }),
      { numRuns: 1_500, seed: 7 },
    );
  });

  test('on groups, by number and by name, and on what replaces them', () => {
    const pattern = compileSearch('(?P<host>[a-z]+(?:-[a-z]+)*):(\\d+)');
    expect(pattern.exec('at lab-a:80')).toEqual({
      index: 3,
      groups: ['lab-a:80', 'lab-a', '80'],
      named: { host: 'lab-a' },
    });
    expect(replaceAll(pattern, 'lab-a:80, lab-b:90', '$host/$2')).toBe('lab-a/80, lab-b/90');
    expect(replaceAll(compileSearch('a*'), 'baac', 'x')).toBe('xbxcx');
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide, matches, type PolicyDocument, type Statement } from '../../../local/iam/policy.ts';

const allow = (statement: Partial<Statement>): PolicyDocument => ({
  Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*', ...statement },
});
const put = { action: 's3:PutObject', resource: 'arn:aws:s3:::archive/errors/1.json' };

describe('evaluating policies', () => {
  test('without a policy nothing is allowed', () => {
    expect(decide([], put)).toBe('not allowed');
  });

  test('an action is allowed by its name in any case, or by a wildcard', () => {
    for (const Action of ['s3:PutObject', 's3:putobject', 's3:Put*', '*', ['s3:GetObject', 's3:P?tObject']]) {
      expect(decide([allow({ Action })], put)).toBe('allowed');
    }
    expect(decide([allow({ Action: 's3:GetObject' })], put)).toBe('not allowed');
  });

  test('a resource is matched with its case', () => {
    expect(decide([allow({ Resource: 'arn:aws:s3:::archive/errors/*' })], put)).toBe('allowed');
    expect(decide([allow({ Resource: 'arn:aws:s3:::Archive/errors/*' })], put)).toBe('not allowed');
    expect(decide([allow({ Resource: 'arn:aws:s3:::archive/parked/*' })], put)).toBe('not allowed');
  });

  test('a Deny wins over every Allow', () => {
    const deny: PolicyDocument = { Statement: [{ Effect: 'Deny', Action: 's3:PutObject', Resource: '*' }] };
    expect(decide([deny, allow({})], put)).toBe('explicitly denied');
    expect(decide([allow({}), deny], put)).toBe('explicitly denied');
  });

  test('NotAction and NotResource are everything but', () => {
    const base = { Action: undefined, NotAction: 's3:Delete*' } as unknown as Partial<Statement>;
    expect(decide([allow(base)], put)).toBe('allowed');
    expect(decide([allow(base)], { ...put, action: 's3:DeleteObject' })).toBe('not allowed');
    const elsewhere = { Resource: undefined, NotResource: 'arn:aws:s3:::archive/*' } as unknown as Partial<Statement>;
    expect(decide([allow(elsewhere)], put)).toBe('not allowed');
  });

  test.each([
    ['StringEquals', 'a', 'allowed'],
    ['StringEquals', 'b', 'not allowed'],
    ['StringEquals', undefined, 'not allowed'],
    ['StringEqualsIfExists', undefined, 'allowed'],
    ['StringNotEquals', 'b', 'allowed'],
    ['StringNotEquals', 'a', 'not allowed'],
    ['StringNotEquals', undefined, 'allowed'],
  ])('%s "a" with the value %p is %s', (operator, value, expected) => {
    const policy = allow({ Condition: { [operator]: { 'aws:key': 'a' } } });
    expect(decide([policy], { ...put, context: value === undefined ? {} : { 'AWS:Key': value } })).toBe(expected);
  });

  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
  const own = allow({ Action: 'iot:Publish', Resource: 'topic/${iot:Connection.Thing.ThingName}/*' });

  test('a policy variable stands for the value of its key, and without one matches nothing', () => {
    const publish = { action: 'iot:Publish', resource: 'topic/lab-1/metrics' };
    const as = (thing: string) => ({ ...publish, context: { 'iot:Connection.Thing.ThingName': thing } });
    expect(decide([own], as('lab-1'))).toBe('allowed');
    expect(decide([own], as('lab-2'))).toBe('not allowed');
    expect(decide([own], publish)).toBe('not allowed');
  });

  test('a thing that is called * gets no more than its own name', () => {
    const publish = { action: 'iot:Publish', resource: 'topic/lab-1/metrics' };
    expect(decide([own], { ...publish, context: { 'iot:Connection.Thing.ThingName': '*' } })).toBe('not allowed');
  });

  test('any text matches itself, and * before, after and in between', () => {
    const plain = fc.string({ unit: 'grapheme' }).filter((text) => !/[*?\\]/.test(text));
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(matches(a + b, a + b)).toBe(true);
        expect(matches(`${a}*${b}`, `${a}anything${b}`)).toBe(true);
        expect(matches('*', a)).toBe(true);
        if (a !== b) expect(matches(a, b)).toBe(false);
      }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acknowledgeLink, verifyAcknowledge } from '../../../core/notifications/acknowledge-link.ts';

const KEY = 'a-signing-key-of-32-characters..';
const claim = { groupId: 'g', generation: 2, expiresAtMs: 1000 };
const link = new URL(acknowledgeLink('https://abc.lambda-url.us-east-1.on.aws/', claim, KEY));
const token = link.searchParams.get('t') ?? '';

describe('an acknowledge link', () => {
  test('says which incident, to whoever has the key, until it expires', () => {
    expect(link.origin).toBe('https://abc.lambda-url.us-east-1.on.aws');
    expect(verifyAcknowledge(token, KEY, 999)).toEqual(claim);
    expect(verifyAcknowledge(token, KEY, 1000)).toBe('expired');
    expect(verifyAcknowledge(token, `${KEY}!`, 0)).toBe('invalid');
  });

  test('that was changed anywhere is invalid', () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'z', '.', ''), (at, letter) => {
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        if (changed === token) return;
        expect(verifyAcknowledge(changed, KEY, 0)).toBe('invalid');
      }),
    );
  });

  test.each(['', '.', 'a.b', '...'])('that is %j is invalid', (text) =>
    expect(verifyAcknowledge(text, KEY, 0)).toBe('invalid'),
  );
});

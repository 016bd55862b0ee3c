import { expect, test } from '@jest/globals';
import { readChannels } from '../../../core/notifications/channels.ts';

test('the key that CloudFormation generates at the top of the secret signs acknowledge links', () => {
  const generated = { acknowledgeSigningKey: 'k'.repeat(64) };
  expect(readChannels(JSON.stringify(generated))).toEqual({ acknowledge: { signingKey: 'k'.repeat(64) } });
});

test('a key that somebody chose goes before the generated one', () => {
  const both = { acknowledgeSigningKey: 'k'.repeat(64), acknowledge: { signingKey: 'c'.repeat(32) } };
  expect(readChannels(JSON.stringify(both))).toEqual({ acknowledge: { signingKey: 'c'.repeat(32) } });
});

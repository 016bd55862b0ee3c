import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { webhookRequest } from '../../../core/notifications/channel/webhook.ts';
import { readHeartbeat, type SignedRequest } from '../../../core/watch/heartbeat.ts';

const KEY = 'a-signing-key-of-32-characters..';
const NOW = Date.UTC(2026, 10, 25, 12);

/** A heartbeat exactly as the channel sends it. */
function sent(kind: 'trigger' | 'resolved', atMs = NOW): SignedRequest {
  const message = {
    kind,
    title: 'Watchdog',
    acknowledgeUrl: 'https://page.example.org/?t=x',
    alerts: [],
    groupLabels: {},
    receiver: 'watchdog',
    moreAlerts: 0,
    groupId: 'g',
    generation: 1,
  } as unknown as Parameters<typeof webhookRequest>[1];
  const { body, headers } = webhookRequest({ url: 'https://w.example.org', signingKey: KEY }, message, 'prod', atMs);
  return { body, timestamp: headers['x-nsmon-timestamp'] ?? '', signature: headers['x-nsmon-signature'] ?? '' };
}

test('a heartbeat as the channel sends it is one, with the time at which it was sent', () => {
  expect(readHeartbeat(sent('trigger', NOW - 90_000), KEY, NOW)).toEqual({
    atMs: NOW - 90_000,
    pageUrl: 'https://page.example.org/?t=x',
  });
});

test('what is unsigned, forged, old, or says that the alert is over is none', () => {
  const good = sent('trigger');
  expect(readHeartbeat({ ...good, signature: '' }, KEY, NOW)).toBe('not signed');
  expect(readHeartbeat(good, `${KEY}x`, NOW)).toBe('wrong signature');
  expect(readHeartbeat({ ...good, timestamp: String(Number(good.timestamp) + 1) }, KEY, NOW)).toBe('wrong signature');
  expect(readHeartbeat(good, KEY, NOW + 301_000)).toBe('too old');
  expect(readHeartbeat(good, KEY, NOW - 61_000)).toBe('from the future');
  expect(readHeartbeat(sent('resolved'), KEY, NOW)).toBe('not firing');
});

test('a body with anything changed is refused', () => {
  const good = sent('trigger');
  fc.assert(
    fc.property(fc.nat({ max: good.body.length - 1 }), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
      fc.pre(good.body[at] !== character);
      const body = good.body.slice(0, at) + character + good.body.slice(at + 1);
      expect(readHeartbeat({ ...good, body }, KEY, NOW)).toBe('wrong signature');
    }),
    { numRuns: 100 },
  );
});

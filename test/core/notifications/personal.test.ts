import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GroupRecord } from '../../../core/escalation/group.ts';
import { CHANNELS, type Channel } from '../../../core/escalation/policy.ts';
import { channelKinds } from '../../../core/notifications/channel/list.ts';
import { readChannels } from '../../../core/notifications/channels.ts';
import { messageOf } from '../../../core/notifications/message.ts';
import { isPersonal, WITHHELD, withholder } from '../../../core/notifications/personal.ts';
import { SETTINGS, T0 } from '../../support/escalation-timeline.ts';

const channels = readChannels(
  JSON.stringify({
    slack: { webhookUrl: 'https://hooks.example.org/s', signingSecret: 's'.repeat(32) },
    pagerduty: { routingKey: 'r'.repeat(32) },
    webhook: { url: 'https://example.org/w', signingKey: 'k'.repeat(32) },
    heartbeat: { url: 'https://example.org/h', signingKey: 'k'.repeat(32) },
    email: { to: ['on-call@example.org'] },
    sms: { to: ['+4915112345678'] },
    opsgenie: { apiKey: 'o', region: 'eu' },
    jsm: { apiKey: 'j' },
  }),
);

/** Everything that a channel would send of a group: addresses, headers and bodies, and each form it may be read in. */
function sentBy(channel: Channel, group: GroupRecord, kind: 'trigger' | 'acknowledged'): string {
  const notification = { key: 'k', kind, channel, level: 1, episode: 1, round: 0 };
  const message = messageOf(group, notification, {
    acknowledgeUrl: 'https://ack.example.org/?t=x',
    runbookBaseUrl: 'https://docs.example.org/',
  });
  const requests = channelKinds[channel].requests(message, { channels, environment: 'dev', nowMs: T0 });
  const text = requests
    .flatMap((request) =>
      Object.values(request).map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
    )
    .join('\n');
  const unescaped = text
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'");
  return [text, unescaped, unescaped.replaceAll('\\"', '"').replaceAll('\\\\', '\\'), safelyDecoded(text)]
    .join('\n')
    .toLowerCase();
}

function safelyDecoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}

function groupWith(label: string, name: string, annotation: string): GroupRecord {
  const members = ['A', 'B'].map((alertname, i) => [
    `f${i}`,
    {
      labels: { alertname, severity: 'critical', thing: 'lab-1', session_id: 's-42', [label]: name, note: annotation },
      annotations: {
        summary: annotation,
        description: annotation,
        runbook_url: `docs/${encodeURIComponent(annotation)}`,
      },
      value: 1,
      status: 'firing' as const,
      activeAtMs: T0,
      changedAtMs: T0,
      sender: 'lab-1',
      senderVersion: 1,
    },
  ]);
  return {
    ...SETTINGS,
    groupLabels: { alertname: 'A', [label]: name, room: annotation },
    generation: 1,
    phase: 'open',
    openedAtMs: T0,
    revision: 1,
    told: [],
    sent: {},
    log: [],
    continuation: 0,
    acknowledgement: { by: 'Robin', atMs: T0 },
    members: Object.fromEntries(members),
  };
}

const LABELS = [
  'participant',
  'participant_name',
  'patient',
  'Subject',
  'personFullName',
  'user_first_name',
  'user',
].filter(isPersonal);
const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzäöüßéñøłžπя'.split(''));
const mark = fc.constantFrom(' ', '-', "'", '.', '&', '<', '"', '(', '/', '%', '+', '\\', '*', '$');
const word = fc.array(letter, { minLength: 4, maxLength: 9 }).map((letters) => letters.join(''));
const name = fc.oneof(
  word,
  fc.tuple(word, mark, word).map(([first, between, last]) => `${first}${between}${last}`),
);
/** What templates make of a label's value. */
const rendering = fc.constantFrom<(value: string) => string>(
  (value) => value,
  (value) => value.toUpperCase(),
  (value) => value.charAt(0).toUpperCase() + value.slice(1),
  (value) => encodeURIComponent(value),
  (value) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
  (value) => JSON.stringify(value),
);

describe('no value of a personal label appears in what is sent', () => {
  test.each(CHANNELS)('by %s, however an annotation was rendered from it', (channel) => {
    const vocabulary = sentBy(channel, groupWith('x', 'y', ''), 'trigger');
    fc.assert(
      fc.property(fc.constantFrom(...LABELS), name, rendering, (label, value, render) => {
        // "crit" is in every message that says "critical".
        fc.pre(!value.split(/[^\p{L}]+/u).some((part) => part === '' || vocabulary.includes(part)));
        const group = groupWith(label, value, `C3 of ${render(value)} has no contact`);
        for (const kind of ['trigger', 'acknowledged'] as const) {
          expect(sentBy(channel, group, kind)).not.toContain(value.toLowerCase());
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a name is withheld', () => {
  const withhold = (value: string, text: string): string =>
    withholder([{ labels: { participant: value }, annotations: {} }])(text);

  test.each([
    ['Grace Hopper', 'Grace Hopper has lost C3', `${WITHHELD} has lost C3`],
    ['Grace Hopper', "GRACE's headset", `${WITHHELD}'s headset`],
    ['Grace  Hopper', 'grace hopper', WITHHELD],
    ['Straße', 'STRASSE', WITHHELD],
    ['Al', 'Al: also final', `${WITHHELD}: also final`],
    ['Ada (1)', 'of Ada (1).', `of ${WITHHELD}.`],
  ])('%p in %p', (value, text, expected) => expect(withhold(value, text)).toBe(expected));

  test('and nothing where nobody is named', () => {
    expect(withholder([{ labels: { thing: 'lab-1', participant: ' ' }, annotations: {} }])('lab-1')).toBe('lab-1');
  });
});

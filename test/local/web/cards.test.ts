import { describe, expect, test } from '@jest/globals';
import { createInbox } from '../../../local/inbox/inbox.ts';
import type { InboxMessage } from '../../../local/inbox/message.ts';
import { pageModule } from '../../support/page-module.ts';

interface Card {
  readonly title: string;
  readonly text?: string;
  readonly status: string;
  readonly tone: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly links: readonly { readonly title: string; readonly url: string; readonly primary: boolean }[];
}

const { toCard } = await pageModule<{ toCard: (message: InboxMessage) => Card }>('cards.js');
const ACKNOWLEDGE = 'http://127.0.0.1:9000/acknowledge?token=t';

/** The card of what an inbox makes of a request. */
async function cardOf(path: 'slackUrl' | 'pagerDutyUrl' | 'webhookUrl', body: unknown): Promise<Card> {
  const inbox = await createInbox();
  try {
    const response = await fetch(inbox[path], { method: 'POST', body: JSON.stringify(body) });
    expect(response.ok).toBe(true);
    return toCard(inbox.list()[0]!);
  } finally {
    await inbox.close();
  }
}

describe('a notification as a card', () => {
  test('of Slack: its header, its text without markup, its fields, and a button to acknowledge', async () => {
    const card = await cardOf('slackUrl', {
      text: 'fallback',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: '🔴 Electrode C3 has no contact' } },
        {
          type: 'section',
          text: { type: 'mrkdwn', text: '*Firing* since &lt;now&gt;, see <http://127.0.0.1/d/x|the dashboard>' },
          fields: [{ type: 'mrkdwn', text: '*device_id*\ncyton_8' }],
        },
        {
          type: 'actions',
          elements: [{ type: 'button', text: { type: 'plain_text', text: 'Acknowledge' }, url: ACKNOWLEDGE }],
        },
      ],
    });
    expect(card.title).toBe('Electrode C3 has no contact');
    expect(card.text).toBe('Firing since <now>, see the dashboard');
    expect(card.fields).toEqual([['device_id', 'cyton_8']]);
    expect(card.links).toEqual([
      { title: 'Acknowledge', url: ACKNOWLEDGE, primary: true },
      { title: 'the dashboard', url: 'http://127.0.0.1/d/x', primary: false },
    ]);
    expect([card.status, card.tone]).toEqual(['firing', 'red']);
  });

  test('of PagerDuty: what happened in words, details, and the key of the incident', async () => {
    const card = await cardOf('pagerDutyUrl', {
      routing_key: 'k'.repeat(32),
      event_action: 'resolve',
      dedup_key: 'key-1',
      payload: {
        summary: 'Contact again',
        custom_details: { description: 'Since 10:00.', channel: 'C3', nested: { not: 'shown' } },
      },
    });
    expect([card.title, card.status, card.tone]).toEqual(['Contact again', 'resolved', 'green']);
    expect(card.text).toBe('Since 10:00.');
    expect(card.fields).toEqual([
      ['channel', 'C3'],
      ['incident', 'key-1'],
    ]);
  });

  test('of a webhook: the labels that all its alerts share', async () => {
    const card = await cardOf('webhookUrl', {
      status: 'firing',
      commonLabels: { alertname: 'LowDataQuality', thing: 'lab-1' },
      commonAnnotations: { summary: 'Quality is low', description: 'below 70 %' },
    });
    expect([card.title, card.text]).toEqual(['Quality is low', 'below 70 %']);
    expect(card.fields).toEqual([
      ['alertname', 'LowDataQuality'],
      ['thing', 'lab-1'],
    ]);
  });

  test('of an e-mail: its subject and its text, with a button for the link in it', async () => {
    const inbox = await createInbox();
    inbox.deliver('email', 'on-call@example.org', 'Firing: no contact', `Acknowledge: ${ACKNOWLEDGE}`);
    const card = toCard(inbox.list()[0]!);
    await inbox.close();
    expect(card.title).toBe('Firing: no contact');
    expect(card.links).toEqual([{ title: 'Acknowledge', url: ACKNOWLEDGE, primary: true }]);
  });

  test('offers no link that is not one', () => {
    const message = { id: 1, at: 0, channel: 'webhook', status: 'trigger', summary: 's', raw: '{}' } as const;
    const card = toCard({ ...message, links: [{ href: 'javascript:alert(1)', text: 'x' }] });
    expect(card.links).toEqual([]);
  });
});

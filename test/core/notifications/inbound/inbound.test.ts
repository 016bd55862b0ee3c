import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readChannels } from '../../../../core/notifications/channels.ts';
import { readPagerDutyWebhook } from '../../../../core/notifications/inbound/pagerduty.ts';
import { readSlackInteraction } from '../../../../core/notifications/inbound/slack.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const [OLD, NEW, SLACK] = ['o'.repeat(32), 'n'.repeat(32), 's'.repeat(32)];
const channels = readChannels(
  JSON.stringify({
    pagerduty: { routingKey: 'r', webhookSecrets: [OLD, NEW] },
    slack: { webhookUrl: 'https://hooks.slack.com/services/x', signingSecret: SLACK },
    people: { ada: { name: 'Ada Lovelace', slackUserId: 'U1', pagerdutyUserId: 'P1' } },
  }),
);
const hmac = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('hex');

describe('a webhook of PagerDuty', () => {
  const event = (changes: object = {}): string =>
    JSON.stringify({
      event: {
        id: 'E1',
        event_type: 'incident.acknowledged',
        occurred_at: '2026-11-25T11:59:58Z',
        agent: { id: 'P1', type: 'user_reference', summary: 'A. Lovelace' },
        data: { incident_key: 'nsmon/dev/g/3/2', assignees: [{ summary: 'Robin' }] },
        ...changes,
      },
    });
  const read = (body: string, signature = `v1=${hmac(NEW, body)}`) =>
    readPagerDutyWebhook(body, signature, channels, NOW);

  test('says who did what to which incident', () => {
    expect(read(event())).toEqual({
      id: 'pagerduty E1',
      incident: { environment: 'dev', groupId: 'g', generation: 3, episode: 2 },
      action: 'acknowledge',
      what: 'acknowledged',
      by: 'Ada Lovelace',
      at: 'PagerDuty',
    });
  });

  test.each([
    ['incident.acknowledged', 'acknowledge', 'acknowledged'],
    ['incident.resolved', 'acknowledge', 'resolved the incident'],
    ['incident.unacknowledged', 'unacknowledge', 'took the acknowledgement back'],
    ['incident.reassigned', 'note', 'reassigned the incident to Robin'],
  ])('%s means %s', (event_type, action, what) => {
    expect(read(event({ event_type }))).toMatchObject({ action, what });
  });

  test('is believed when any of several signatures is right, by either secret', () => {
    const body = event();
    const wrong = `v1=${'0'.repeat(64)}`;
    expect(read(body, `${wrong},v1=${hmac(OLD, body)}`)).toMatchObject({ id: 'pagerduty E1' });
    expect(read(body, `v1=${hmac(NEW, body)}, ${wrong}`)).toMatchObject({ id: 'pagerduty E1' });
  });

  test.each([
    ['none', ''],
    ['another version', `v2=${hmac(NEW, event())}`],
    ['another key', `v1=${hmac('x'.repeat(32), event())}`],
    ['another body', `v1=${hmac(NEW, `${event()} `)}`],
    ['a part of it', `v1=${hmac(NEW, event()).slice(0, 32)}`],
  ])('is refused with the signature of %s', (_what, signature) => {
    expect(read(event(), signature)).toHaveProperty('refused');
  });

  test('is refused while no secret is known', () => {
    const body = event();
    const signature = `v1=${hmac('', body)}`;
    expect(readPagerDutyWebhook(body, signature, {}, NOW)).toHaveProperty('refused');
  });

  test.each([
    ['that was replayed', { occurred_at: '2026-11-25T10:00:00Z' }],
    ['without a time', { occurred_at: undefined }],
    ['of a kind that means nothing here', { event_type: 'incident.annotated' }],
    ['of an incident of somebody else', { data: { incident_key: 'd3640fbd41094207a1c11e58e46b1662' } }],
    ['that we caused ourselves', { agent: { id: 'S1', type: 'service_reference' } }],
    ['that nobody caused', { agent: null }],
  ])('%s is taken and ignored', (_what, changes) => {
    expect(read(event(changes))).toHaveProperty('ignored');
  });

  test('that tells of an acknowledgement that ran out counts, though nobody did it', () => {
    expect(read(event({ event_type: 'incident.unacknowledged', agent: null }))).toMatchObject({
      action: 'unacknowledge',
    });
  });

  test('that is signed and yet no JSON is ignored', () => expect(read('not json')).toHaveProperty('ignored'));
});

describe('a click in Slack', () => {
  const form = (changes: object = {}): string =>
    new URLSearchParams({
      payload: JSON.stringify({
        type: 'block_actions',
        user: { id: 'U1', username: 'ada', name: 'ada' },
        actions: [{ action_id: 'acknowledge', value: 'nsmon/dev/g/3/1' }],
        response_url: 'https://hooks.slack.com/actions/T/1/x',
        ...changes,
      }),
    }).toString();
  const read = (body: string, atMs = NOW, key = SLACK) => {
    const timestamp = String(atMs / 1000);
    const signature = `v0=${hmac(key, `v0:${timestamp}:${body}`)}`;
    return readSlackInteraction(body, { signature, timestamp }, channels, NOW);
  };

  test('says who acknowledges which incident, and where the message is changed', () => {
    expect(read(form())).toMatchObject({
      incident: { environment: 'dev', groupId: 'g', generation: 3, episode: 1 },
      action: 'acknowledge',
      by: 'Ada Lovelace',
      responseUrl: 'https://hooks.slack.com/actions/T/1/x',
    });
    expect(read(form({ user: { id: 'U9', name: 'robin' } }))).toMatchObject({ by: 'robin' });
  });

  test('is refused when it is old, from the future, or signed by another', () => {
    expect(read(form(), NOW - 301_000)).toHaveProperty('refused');
    expect(read(form(), NOW + 301_000)).toHaveProperty('refused');
    expect(read(form(), NOW, 'x'.repeat(32))).toHaveProperty('refused');
    expect(readSlackInteraction(form(), { signature: undefined, timestamp: undefined }, channels, NOW)).toHaveProperty(
      'refused',
    );
  });

  test('changes a message at no other place than Slack', () => {
    expect(read(form({ response_url: 'https://hooks.slack.com.evil.example/x' }))).not.toHaveProperty('responseUrl');
    expect(read(form({ response_url: 'http://169.254.169.254/' }))).not.toHaveProperty('responseUrl');
  });

  test.each([
    ['on a link', { actions: [{ action_id: 'open Runbook' }] }],
    ['of another kind', { type: 'view_submission' }],
    ['with a value that is not ours', { actions: [{ action_id: 'acknowledge', value: '1' }] }],
  ])('%s is taken and ignored', (_what, changes) => expect(read(form(changes))).toHaveProperty('ignored'));

  test('that is signed and yet no form is ignored', () => expect(read('payload=%7B')).toHaveProperty('ignored'));
});

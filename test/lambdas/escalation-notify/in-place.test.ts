import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AlertingWorld } from '../../support/alerting-world.ts';

let world: AlertingWorld;
let posted: number;

beforeEach(() => {
  world = new AlertingWorld();
  posted = 0;
  const slack = { botToken: 'xoxb-1', channel: 'C1', signingSecret: 's'.repeat(32) };
  const acknowledge = { signingKey: 'a-signing-key-of-32-characters..' };
  const pagerduty = { routingKey: 'r'.repeat(32), eventsUrl: 'https://events.example.org/v2/enqueue' };
  world.channels = async () => ({ slack, acknowledge, pagerduty });
  world.answer = (request) => {
    if (request.transport !== 'http' || request.url.includes('events')) return { status: 202, text: '' };
    const { ts: changed, thread_ts } = JSON.parse(request.body) as { ts?: string; thread_ts?: string };
    if (changed === undefined) posted += 1;
    const ts = changed ?? `${posted}.0`;
    return { status: 200, text: JSON.stringify({ ok: true, channel: 'C1', ts, message: { thread_ts } }) };
  };
});
afterEach(() => world.close());

/** What Slack was asked for: `postMessage`, `update 1.0`, `postMessage in 1.0`. */
function asked(): string[] {
  return world.requests.flatMap((request) => {
    if (request.transport !== 'http' || !request.url.includes('slack.com')) return [];
    const { ts, thread_ts } = JSON.parse(request.body) as { ts?: string; thread_ts?: string };
    const method = request.url.split('/chat.')[1] ?? '';
    return [[method, ...(ts ? [ts] : []), ...(thread_ts ? ['in', thread_ts] : [])].join(' ')];
  });
}

test('an incident is one message of Slack, from its first alert to its end', async () => {
  await world.set('lab-1', 'A', 'firing');
  await world.at(20);
  await world.open('POST', world.link, 'Ada');
  await world.at(60);
  await world.set('lab-1', 'A', 'resolved');
  await world.at(80);
  expect(asked()).toEqual(['postMessage', 'update 1.0', 'update 1.0']);
});

test('the next incident of the group has a message of its own', async () => {
  await world.set('lab-1', 'A', 'firing');
  await world.at(20);
  await world.set('lab-1', 'A', 'resolved');
  await world.at(40);
  await world.set('lab-1', 'A', 'gone');
  await world.set('lab-1', 'A', 'firing');
  await world.at(60);
  expect(asked()).toEqual(['postMessage', 'update 1.0', 'postMessage']);
});

test('what becomes worse is said in the thread, too', async () => {
  await world.set('lab-1', 'A', 'firing', 'warning');
  await world.at(20);
  await world.set('lab-1', 'A', 'firing', 'critical');
  await world.at(90);
  expect(asked().slice(0, 3)).toEqual(['postMessage', 'update 1.0', 'postMessage in 1.0']);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { GroupRecord } from '../../core/escalation/group.ts';
import type { Channel, InboxMessage, MessageStatus } from '../../local/inbox/message.ts';
import { type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem('timestream', ['route-alerts', 'escalation-notify', 'acknowledge']);
}, 60_000);
afterAll(() => system?.close());

function received(channel: Channel, status: MessageStatus): InboxMessage | undefined {
  return system.twin.inbox.list().find((message) => message.channel === channel && message.status === status);
}

async function incident(): Promise<GroupRecord | undefined> {
  return (await system.alerts()).groups[0];
}

test('reading an acknowledge link any number of times acknowledges nothing, submitting its form once does', async () => {
  const agent = await system.agent('lab-1');
  const { device } = await agent.when('measuring', ({ device }) => (device?.quality ?? 0) > 0.7);
  const channel = device?.channels[2];
  await agent.command({ command: 'inject-fault', fault: { kind: 'electrode-detached', channel } });
  await until(() => received('slack', 'trigger') !== undefined);
  const link = received('slack', 'trigger')?.acknowledgeUrl ?? '';
  expect(link).toContain(system.twin.functionUrl('acknowledge'));

  // As mail scanners and previews of chats do.
  for (let i = 0; i < 10; i += 1) {
    const page = await fetch(link);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<form method="post"');
  }
  expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
  expect((await incident())?.acknowledgement).toBeUndefined();
  // The escalation takes it as nothing, too: level 2 is told.
  await until(() => received('pagerduty', 'trigger') !== undefined);
  expect(received('slack', 'acknowledge')).toBeUndefined();

  const nameless = await fetch(link, { method: 'POST', body: new URLSearchParams({ by: ' ' }) });
  expect(nameless.status).toBe(400);
  const forged = await fetch(`${link}x`, { method: 'POST', body: new URLSearchParams({ by: 'Mallory' }) });
  expect(forged.status).toBe(403);
  expect((await incident())?.acknowledgement).toBeUndefined();

  const answer = await fetch(link, { method: 'POST', body: new URLSearchParams({ by: 'Robin' }) });
  expect(answer.status).toBe(200);
  expect((await incident())?.acknowledgement).toMatchObject({ by: 'Robin' });
  await until(
    () => received('pagerduty', 'acknowledge') !== undefined && received('slack', 'acknowledge') !== undefined,
  );
  expect(received('slack', 'acknowledge')?.summary).toContain('Robin');
}, 60_000);

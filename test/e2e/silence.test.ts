import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { GroupRecord } from '../../core/escalation/group.ts';
import { type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem('timestream', ['route-alerts', 'evaluate-rules', 'escalation-notify']);
}, 60_000);
afterAll(() => system?.close());

async function groupOf(alertname: string): Promise<GroupRecord | undefined> {
  const { groups } = await system.alerts();
  return groups.find(({ groupLabels }) => groupLabels.alertname === alertname);
}

const statusesOf = (group: GroupRecord | undefined) => Object.values(group?.members ?? {}).map(({ status }) => status);

function slackSaid(status: string, summary: RegExp): boolean {
  return system.twin.inbox
    .list()
    .some((message) => message.channel === 'slack' && message.status === status && summary.test(message.summary));
}

const ELECTRODE = /ElectrodeDetached on lab-1/;
const SILENT = /EdgeAgentSilent on lab-1/;

test('alerts of an agent that dies are unknown, its silence is an alert, and its return resolves both', async () => {
  const { twin } = system;
  const agent = await system.agent('lab-1');
  const { device } = await agent.when('measuring', ({ device }) => (device?.quality ?? 0) > 0.7);
  const channel = device?.channels[2];
  await agent.command({ command: 'inject-fault', fault: { kind: 'electrode-detached', channel } });
  await until(() => slackSaid('trigger', ELECTRODE));
  expect(statusesOf(await groupOf('ElectrodeDetached'))).toEqual(['firing']);
  // The cloud's own rules have seen the agent alive.
  await system.evaluateRules();
  await agent.kill();

  await until(async () => {
    await system.evaluateRules();
    return statusesOf(await groupOf('ElectrodeDetached')).includes('unknown');
  });
  await until(async () => {
    await system.evaluateRules();
    return slackSaid('trigger', SILENT);
  });
  expect(statusesOf(await groupOf('EdgeAgentSilent'))).toEqual(['firing']);
  // It goes on: level 2 is told of an alert of which nobody knows whether it holds.
  await until(() =>
    twin.inbox.list().some(({ channel, summary }) => channel === 'pagerduty' && ELECTRODE.test(summary)),
  );
  const incident = await groupOf('ElectrodeDetached');
  expect(statusesOf(incident)).toEqual(['unknown']);
  expect(incident?.phase).toBe('open');
  expect(twin.inbox.list().filter(({ status }) => status === 'resolve')).toEqual([]);

  // The next run has no fault: somebody has put the electrode back.
  const again = await system.agent('lab-1');
  await again.when('connected', ({ connected }) => connected);
  await until(async () => {
    await system.evaluateRules();
    return slackSaid('resolve', ELECTRODE) && slackSaid('resolve', SILENT);
  });
  const { engine } = twin.services.stepFunctions;
  for (const name of ['ElectrodeDetached', 'EdgeAgentSilent']) {
    await until(async () => (await groupOf(name))?.phase === 'closed');
    const group = await groupOf(name);
    expect(statusesOf(group)).toEqual(['resolved']);
    await until(() => engine.execution(group?.executionArn ?? '').status === 'SUCCEEDED');
  }
  expect(await again.stop()).toMatchObject({ buffered: 0 });
}, 60_000);

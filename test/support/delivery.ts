import { expect } from '@jest/globals';
import type { AgentStatus, Ledger } from '../../local/start/agent-process.ts';
import { countStored } from '../../local/start/stored.ts';
import { countDistinct } from './distinct.ts';
import type { System } from './system.ts';

const OUTAGE_MS = 10_000;

/** The client's back-off grows to 30 s: an attempt that fails on a busy machine is followed by another half a minute later. */
const THREE_ATTEMPTS_MS = 95_000;

/** Condition of an agent's status: it has recorded so many points. */
export function recorded(points: number): (status: AgentStatus) => boolean {
  return ({ ledger }) => ledger.recorded >= points;
}

/** Every point that the agent has recorded is in the store, and none is there twice. */
export async function expectAllStoredOnce(system: System, thing: string, ledger: Ledger): Promise<void> {
  expect(ledger.recorded).toBeGreaterThan(0);
  expect(await system.account(thing, ledger)).toEqual({
    recorded: ledger.recorded,
    stored: ledger.recorded,
    archived: 0,
    rejected: 0,
    buffered: 0,
    lost: 0,
  });
  expect(await countDistinct(system.twin.store, thing)).toBe(ledger.recorded);
}

export async function plainRun(system: System): Promise<void> {
  const agent = await system.agent('plain');
  await agent.when('recording', recorded(150));
  await expectAllStoredOnce(system, 'plain', await agent.stop());
}

export async function brokerOutage(system: System): Promise<void> {
  const { twin } = system;
  const agent = await system.agent('cut-off');
  await agent.when('acknowledged', ({ ledger }) => ledger.acknowledged > 0);
  await twin.faults.broker.goDown();
  const wentDownAt = performance.now();
  await agent.when('offline', ({ connected }) => !connected);
  const before = await countStored(twin.store, 'cut-off');
  const { buffered } = await agent.when(
    'gathering',
    () => performance.now() - wentDownAt >= OUTAGE_MS,
    OUTAGE_MS + 5000,
  );
  expect(buffered.messages).toBeGreaterThanOrEqual(5);
  expect(await countStored(twin.store, 'cut-off')).toBe(before);
  await twin.faults.broker.comeUp();
  // Between two attempts it waits for up to the length of the outage, and somewhat longer.
  await agent.when('connected again', ({ connected }) => connected, THREE_ATTEMPTS_MS);
  await expectAllStoredOnce(system, 'cut-off', await agent.stop());
}

import type { Story } from '../story.ts';
import { ALERT, assertNobodyPaged, edgeState, RULES, stallInSession } from './steps.ts';

/** A board stalls silently; reconnecting it helps, and nobody is woken. */
export const healReconnect: Story = {
  name: 'heal-reconnect',
  summary: 'a board stalls silently; healing reconnects it and sees that it helped; nobody is paged',
  rulesDir: RULES,

  async play(stage) {
    await stallInSession(stage, 'reconnect');
    await stage.until(`${ALERT} to resolve at the edge`, 20_000, () => edgeState(stage, 'resolved'));
    stage.say(`data come again: ${ALERT} resolves at the edge`);
    await stage.until('healing to be verified', 20_000, async () => (await stage.healing())[0]?.status === 'verified');
    stage.say('healing saw data for 3 s without a break: it helped');
    await stage.until('the escalation to end', 15_000, async () => (await stage.escalation())?.status === 'SUCCEEDED');
    assertNobodyPaged(stage);
    stage.say('the escalation has ended; nobody was paged');
  },
};

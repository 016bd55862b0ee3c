import { type Story, StoryFailed } from '../story.ts';
import { ALERT, assertNobodyPaged, edgeState, RULES, stallInSession } from './steps.ts';

/** A board stalls and reconnecting it does not help: healing stops after two attempts and says what it saw. */
export const healFutile: Story = {
  name: 'heal-futile',
  summary:
    'a board stalls and reconnecting does not help; healing freezes after two attempts and pages with the evidence',
  rulesDir: RULES,

  async play(stage) {
    await stallInSession(stage, undefined);
    await stage.until(
      'the first attempt to fail',
      30_000,
      async () => (await stage.healing())[0]?.failures.length === 1,
    );
    assertNobodyPaged(stage);
    stage.say('it did not help within 15 s: once more');
    const frozen = await stage.until('healing to freeze', 30_000, async () =>
      (await stage.healing()).find(({ status }) => status === 'frozen'),
    );
    stage.say(`it did not help twice: frozen until a person thaws ${frozen.key}`);
    const page = await stage.until('the page', 10_000, () =>
      stage.received().find(({ channel, status }) => channel === 'slack' && status === 'trigger'),
    );
    if (!page.raw.includes('Attempt 2')) throw new StoryFailed(`the page has no evidence: ${page.raw.slice(0, 400)}`);
    stage.say('Slack has the page, with what was tried and what was seen');

    await stage.pause(1000);
    await stage.board.unstall();
    stage.say('a person power-cycles the board');
    await stage.until(`${ALERT} to resolve at the edge`, 20_000, () => edgeState(stage, 'resolved'));
    await stage.until('Slack to learn that it is over', 15_000, () =>
      stage.received().find(({ channel, status }) => channel === 'slack' && status === 'resolve'),
    );
    await stage.until('the escalation to end', 10_000, async () => (await stage.escalation())?.status === 'SUCCEEDED');
    stage.say('everybody who was notified knows that it is over');
  },
};

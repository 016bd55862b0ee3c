import type { InboxMessage } from '../../inbox/inbox.ts';
import { type Stage, type Story, StoryFailed } from '../story.ts';

const ALERT = 'ElectrodeDetached';
const GOOD = 0.7;

/** An electrode comes off in the middle of a session, and nobody looks at the screen. */
export const electrodeDetach: Story = {
  name: 'electrode-detach',
  summary: 'an electrode comes off; level 1 does not answer; level 2 acknowledges; it is put back',
  rulesDir: 'local/stories/electrode-detach/rules',

  async play(stage) {
    await stage.until('a good signal', 20_000, async () => ((await stage.quality()) ?? 0) >= GOOD);
    stage.say(`signal is good: quality ${percent(await stage.quality())}`);
    await stage.pause(4000);

    const channel = stage.board.channels[2] ?? 'C3';
    await stage.board.detach(channel);
    stage.say(`electrode ${channel} comes off`);
    await stage.until('quality to fall', 10_000, async () => ((await stage.quality()) ?? 1) < GOOD + 0.25 && true);
    stage.say(`quality falls to ${percent(await stage.quality())}`);

    await stage.until('the alert to be pending at the edge', 10_000, () => edgeState(stage, 'pending', 'firing'));
    stage.say(`${ALERT} is pending at the edge`);
    await stage.until('the alert to fire at the edge', 10_000, () => edgeState(stage, 'firing'));
    stage.say(`${ALERT} fires at the edge`);

    await stage.until('level 1 to be notified', 10_000, () => find(stage, 'slack', 'trigger'));
    stage.say('level 1: Slack has the page; nobody answers');
    const incident = await stage.until('level 2 to get an incident', 20_000, () => find(stage, 'pagerduty', 'trigger'));
    stage.say('level 2: PagerDuty has an incident');

    const link = incident.acknowledgeUrl;
    if (!link) throw new StoryFailed('the PagerDuty incident has no acknowledge link');
    await stage.pause(2000);
    await stage.acknowledge(link, 'Robin, on call');
    stage.say('Robin opens the acknowledge page and takes it');
    await stage.until(
      'the acknowledgement to be recorded',
      10_000,
      async () => (await stage.escalation())?.acknowledgedBy,
    );
    await stage.until('PagerDuty to learn of the acknowledgement', 10_000, () =>
      find(stage, 'pagerduty', 'acknowledge'),
    );

    await stage.pause(1000);
    await stage.board.attach(channel);
    stage.say(`electrode ${channel} is back`);
    await stage.until('the alert to resolve at the edge', 20_000, () => edgeState(stage, 'resolved'));
    stage.say(`${ALERT} resolves at the edge`);
    for (const channelName of ['slack', 'pagerduty']) {
      await stage.until(`${channelName} to learn that it is over`, 15_000, () => find(stage, channelName, 'resolve'));
    }
    stage.say('everybody who was notified knows that it is over');
    await stage.until('the escalation to end', 10_000, async () => (await stage.escalation())?.status === 'SUCCEEDED');
    stage.say('the escalation has ended');
  },
};

async function edgeState(stage: Stage, ...states: readonly string[]): Promise<boolean> {
  return (await stage.edgeAlerts()).some((alert) => alert.labels.alertname === ALERT && states.includes(alert.state));
}

function find(stage: Stage, channel: string, status: string): InboxMessage | undefined {
  return stage.received().find((message) => message.channel === channel && message.status === status);
}

function percent(ratio: number | undefined): string {
  return ratio === undefined ? 'unknown' : `${Math.round(ratio * 100)} %`;
}

import type { ReportedAlert } from '../../../core/alerting/report.ts';
import type { GroupRecord } from '../../../core/escalation/group.ts';
import { type Stage, type Story, StoryFailed } from '../story.ts';

const DEVICES = 300;
const SWITCH = { switch: 'sw-4', room: 'room 4' };
/** An agent calls a board silent after 2.5 s without data, and the rule waits for another second. */
const SILENCE_NOTICED_MS = 3500;
/** Whoever watches the switch sees that it is up at its next look. */
const PUSH_EVERY_MS = 2000;
/** A look that takes longer than this is not worth the wait. */
const STORM_WITHIN_MS = 90_000;

/** One switch breaks, and every device behind it falls silent in the same second. */
export const alertStorm: Story = {
  name: 'alert-storm',
  summary: `a switch breaks, ${DEVICES} devices fall silent at once: one page, which names the cause`,
  rulesDir: 'local/stories/alert-storm/rules',

  async play(stage) {
    stage.say(`connecting ${DEVICES} agents ...`);
    const fleet = await stage.hands.fleet(DEVICES);
    const switchUp = stage.hands.gauge('lab_switch_up', SWITCH);
    try {
      await fleet.report(() => []);
      stage.say(`${DEVICES} agents report that all is well`);
      await switchUp.set(1);
      await stage.pause(2000);

      await switchUp.set(0);
      stage.say(`switch ${SWITCH.switch} breaks`);
      await stage.pause(SILENCE_NOTICED_MS);
      const startedAt = performance.now();
      const silent = silentAlerts(Date.now());
      await fleet.report(silent);
      stage.say(`${DEVICES} devices are found silent`);

      await stage.until('the page', 30_000, () => pages(stage).length > 0);
      stage.say(`paged: ${pages(stage)[0]?.summary}`);
      const group = await stage.until('all devices to be in one group', STORM_WITHIN_MS, async () => {
        const found = await groupOf(stage, 'DeviceSilent');
        return found !== undefined && inhibitedIn(found) === DEVICES && found;
      });
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      stage.say(`${inhibitedIn(group)} alerts in one group, all inhibited by the switch, after ${seconds} s`);
      await stage.pause(22_000);
      assertOnePage(stage);
      stage.say('after group_wait and a flush: still one page');

      const link = pages(stage)[0]?.acknowledgeUrl;
      if (!link) throw new StoryFailed('the page has no acknowledge link');
      await stage.acknowledge(link, 'Robin, on call');
      stage.say('Robin takes it');
      await fleet.report(resolvedAlerts(silent, Date.now()));
      await stage.pause(PUSH_EVERY_MS);
      await switchUp.set(1);
      stage.say('the switch is replaced, the devices are back');
      await stage.until('Slack to learn that it is over', 30_000, () =>
        stage.received().some(({ channel, status }) => channel === 'slack' && status === 'resolve'),
      );
      await stage.until('the storm to be over', STORM_WITHIN_MS, async () => {
        const phases = (await storm(stage)).map(({ phase }) => phase);
        return phases.length === 2 && phases.every((phase) => phase === 'closed');
      });
      assertOnePage(stage);
      stage.say(`over: ${DEVICES + 1} alerts, 1 page`);
    } finally {
      switchUp.stop();
      await fleet.close();
    }
  },
};

function silentAlerts(nowMs: number) {
  return (thing: string): ReportedAlert[] => [
    {
      labels: { alertname: 'DeviceSilent', severity: 'critical', device_id: thing, ...SWITCH },
      annotations: {
        summary: `No data from ${thing}`,
        description: `The connection to ${thing} is open, and nothing has come over it for seconds.`,
      },
      state: 'firing',
      activeAtMs: nowMs,
      firedAtMs: nowMs,
      value: 1,
    },
  ];
}

function resolvedAlerts(alertsOf: (thing: string) => readonly ReportedAlert[], nowMs: number) {
  return (thing: string): ReportedAlert[] =>
    alertsOf(thing).map((alert) => ({ ...alert, state: 'resolved', resolvedAtMs: nowMs }));
}

/** Messages that wake somebody. */
function pages(stage: Stage) {
  return stage.received().filter(({ status }) => status === 'trigger');
}

function assertOnePage(stage: Stage): void {
  const [page, ...others] = pages(stage);
  const told = pages(stage).map(({ channel, summary }) => `${channel}: ${summary}`);
  if (others.length > 0) throw new StoryFailed(`${told.length} pages instead of one: ${told.join('; ')}`);
  if (!page?.summary.includes('SwitchDown')) throw new StoryFailed(`the page does not name the cause: ${told.join()}`);
}

async function storm(stage: Stage): Promise<readonly GroupRecord[]> {
  return (await stage.groups()).filter(({ groupLabels }) => groupLabels.switch === SWITCH.switch);
}

async function groupOf(stage: Stage, alertname: string): Promise<GroupRecord | undefined> {
  return (await storm(stage)).find(({ groupLabels }) => groupLabels.alertname === alertname);
}

function inhibitedIn({ members }: GroupRecord): number {
  return Object.values(members).filter(({ suppressed }) => suppressed?.reason === 'inhibited').length;
}

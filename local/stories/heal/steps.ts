import { type Stage, StoryFailed } from '../story.ts';

export const ALERT = 'DeviceSilent';
export const RULES = 'local/stories/heal/rules';
const GOOD = 0.7;

/** A session with consent runs, and the board falls silent with its port open. */
export async function stallInSession(stage: Stage, until: 'reconnect' | undefined): Promise<void> {
  await stage.until('a good signal', 20_000, async () => ((await stage.quality()) ?? 0) >= GOOD);
  await stage.tellSession({ id: 'session-7', phase: 'live', consent: true });
  stage.say('session-7 is live; its owner allows that its board is reconnected');
  await stage.pause(3000);
  await stage.board.stall(until);
  stage.say('the board stalls: its port is open, and no data come');
  await stage.until(`${ALERT} to fire at the edge`, 15_000, () => edgeState(stage, 'firing'));
  stage.say(`${ALERT} fires at the edge`);
  const record = await stage.until('healing to begin', 10_000, async () => (await stage.healing())[0]);
  assertNobodyPaged(stage);
  stage.say(`healing: ${record.action}; the page waits`);
}

export function assertNobodyPaged(stage: Stage): void {
  const [page] = stage.received().filter(({ summary }) => summary.includes(ALERT));
  if (page) throw new StoryFailed(`${page.channel} was told too early: ${page.summary}`);
}

export async function edgeState(stage: Stage, ...states: readonly string[]): Promise<boolean> {
  return (await stage.edgeAlerts()).some((alert) => alert.labels.alertname === ALERT && states.includes(alert.state));
}

import type { GroupRecord } from '../../core/escalation/group.ts';
import type { InboxMessage } from '../inbox/message.ts';
import { type Stage, StoryFailed } from '../stories/story.ts';
import { type Incident, repairs } from './incidents.ts';
import type { DrillRecord } from './record.ts';
import { runbookSection } from './runbook.ts';
import type { Team } from './team.ts';

export interface DrillPlan {
  readonly seed: number;
  readonly incident: Incident;
  /** The electrode, where the incident has one: its place among the board's channels, from 0 to below 1. */
  readonly place: number;
  /** How long all is quiet before. */
  readonly quietMs: number;
  readonly runbook: string;
  readonly nowMs: () => number;
}

const LOOK_EVERY_MS = 250;
/** A minute of the cloud, in a drill. */
const CLOUD_EVERY_MS = 5000;
/** Longer than this it is no drill any more. */
const MOST_MS = 30 * 60_000;

/**
 * Breaks something, shows the pages as they come, lets the team acknowledge and mend, and takes the times.
 * @returns what happened, whether it was resolved or not
 */
export async function play(stage: Stage, team: Team, plan: DrillPlan): Promise<DrillRecord> {
  const { incident, seed, nowMs } = plan;
  const { channels } = stage.board;
  const channel = channels[Math.floor(plan.place * channels.length)] ?? '';
  await stage.until('a good signal', 60_000, async () => ((await stage.quality()) ?? 0) >= 0.7);
  await team.ready(stage.say);
  stage.say('All is quiet. Something will break; the pages come into the inbox of the dashboards.');
  await stage.pause(plan.quietMs);

  const brokeAtMs = nowMs();
  const drill = new Drill(stage, plan.runbook, brokeAtMs, nowMs);
  await incident.break(stage, channel);
  let isMended = false;
  try {
    for (let nextCloudMs = 0; !drill.isResolved && drill.elapsedMs < MOST_MS; await stage.pause(LOOK_EVERY_MS)) {
      if (drill.elapsedMs >= nextCloudMs) {
        await stage.hands.evaluateCloudRules();
        nextCloudMs = drill.elapsedMs + CLOUD_EVERY_MS;
      }
      await drill.look();
      const move = team.move(drill.standing);
      if (move?.kind === 'give up') break;
      if (move?.kind === 'acknowledge') await drill.acknowledge(move.by);
      if (move?.kind === 'repair' && drill.attempt(move.repair, incident)) {
        await incident.mend(stage, channel);
        isMended = true;
      }
    }
  } finally {
    if (!isMended) await incident.mend(stage, channel);
  }
  return drill.record(seed, incident);
}

/** A drill that is held: what has been seen of it. */
class Drill {
  readonly #stage: Stage;
  readonly #runbook: string;
  readonly #brokeAtMs: number;
  readonly #nowMs: () => number;
  readonly #seen: number;
  #shown = 0;
  #timeline: { atMs: number; what: string }[] = [];
  #attempts: { atMs: number; repair: string; isRight: boolean }[] = [];
  #pagedMs: number | undefined;
  #acknowledged: { atMs: number; by: string } | undefined;
  #resolvedMs: number | undefined;

  constructor(stage: Stage, runbook: string, brokeAtMs: number, nowMs: () => number) {
    this.#stage = stage;
    this.#runbook = runbook;
    this.#brokeAtMs = brokeAtMs;
    this.#nowMs = nowMs;
    this.#seen = stage.received().length;
  }

  get elapsedMs(): number {
    return this.#nowMs() - this.#brokeAtMs;
  }

  get isResolved(): boolean {
    return this.#resolvedMs !== undefined;
  }

  get standing() {
    return {
      isPaged: this.#pagedMs !== undefined,
      isAcknowledged: this.#acknowledged !== undefined,
      wrong: this.#attempts.filter(({ isRight }) => !isRight).map(({ repair }) => repair),
      isRepaired: this.#attempts.some(({ isRight }) => isRight),
    };
  }

  /** What has come since the last look. */
  async look(): Promise<void> {
    const groups = (await this.#stage.groups()).filter(({ openedAtMs }) => openedAtMs >= this.#brokeAtMs);
    const messages = this.#stage.received().slice(this.#seen);
    for (const message of messages.slice(this.#shown)) this.#receive(message, groups);
    this.#shown = messages.length;
    const acknowledgement = groups.find(({ acknowledgement }) => acknowledgement)?.acknowledgement;
    if (acknowledgement && !this.#acknowledged) {
      this.#acknowledged = { atMs: acknowledgement.atMs - this.#brokeAtMs, by: acknowledgement.by };
      this.#note(`${acknowledgement.by} has acknowledged`);
    }
    if (groups.length > 0 && groups.every(({ phase }) => phase === 'closed') && !this.isResolved) {
      this.#resolvedMs = this.elapsedMs;
      this.#note('everything has resolved, and everybody who was told knows');
    }
  }

  #receive({ channel, summary, status, acknowledgeUrl }: InboxMessage, groups: readonly GroupRecord[]): void {
    this.#note(`${channel}: ${summary}`);
    if (status !== 'trigger' || this.#pagedMs !== undefined) return;
    this.#pagedMs = this.elapsedMs;
    if (acknowledgeUrl) this.#stage.say(`acknowledge: ${acknowledgeUrl}`);
    const url = groups
      .flatMap(({ members }) => Object.values(members))
      .find(({ annotations }) => annotations.runbook_url);
    const section = runbookSection(this.#runbook, url?.annotations.runbook_url ?? '');
    this.#stage.say(section ? `the runbook says:\n\n${indented(section)}\n` : 'the runbook has no section for it');
    const choices = repairs.map((repair, index) => `      ${index + 1}  ${repair}`);
    this.#stage.say(['what do you do?', ...choices, '      q  give up'].join('\n'));
  }

  async acknowledge(by: string): Promise<void> {
    const link = this.#stage
      .received()
      .slice(this.#seen)
      .find(({ acknowledgeUrl }) => acknowledgeUrl)?.acknowledgeUrl;
    if (!link) throw new StoryFailed('no page of the drill has an acknowledge link');
    await this.#stage.acknowledge(link, by);
  }

  /** @returns whether it is what mends it */
  attempt(repair: string, incident: Incident): boolean {
    const isRight = repair === incident.repair;
    this.#attempts.push({ atMs: this.elapsedMs, repair, isRight });
    this.#note(`the team decides: ${repair}${isRight ? '' : '; nothing changes'}`);
    return isRight;
  }

  #note(what: string): void {
    this.#timeline.push({ atMs: this.elapsedMs, what });
    this.#stage.say(what);
  }

  record(seed: number, { name, summary }: Incident): DrillRecord {
    return {
      seed,
      incident: name,
      summary,
      heldAtMs: this.#brokeAtMs,
      timeline: this.#timeline,
      ...(this.#pagedMs === undefined ? {} : { pagedMs: this.#pagedMs }),
      ...(this.#acknowledged ? { acknowledged: this.#acknowledged } : {}),
      attempts: this.#attempts,
      ...(this.#resolvedMs === undefined ? {} : { resolvedMs: this.#resolvedMs }),
    };
  }
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '      ');
}

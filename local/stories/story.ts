import type { SessionReport } from '../../core/alerting/session.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import type { HealingRecord } from '../../core/healing/record.ts';
import type { InboxMessage } from '../inbox/inbox.ts';
import type { Hands } from '../start/hands.ts';

/** A story: something that goes wrong and ends as it must, played on the running twin. */
export interface Story {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Rules of its own, with timings that fit a minute; relative to the project. */
  readonly rulesDir: string;
  /** @throws StoryFailed when something does not happen in time */
  play(stage: Stage): Promise<void>;
}

/** The story did not go as it must: which step, and what was seen instead. */
export class StoryFailed extends Error {
  override readonly name = 'StoryFailed';
}

/** What a story can do and see. */
export interface Stage {
  /** Adds a line to the timeline on the terminal. */
  say(line: string): void;
  pause(ms: number): Promise<void>;
  /**
   * Waits until `look` finds something, and returns it.
   * @throws StoryFailed naming `what` after `withinMs`
   */
  until<T>(
    what: string,
    withinMs: number,
    look: () => T | undefined | false | Promise<T | undefined | false>,
  ): Promise<T>;
  /** Faults of the board, sent to the agent as commands. */
  readonly board: {
    detach(channel: string): Promise<void>;
    attach(channel: string): Promise<void>;
    /** No data, with the port open: until it is connected anew, or until `unstall`, whatever else is done. */
    stall(until?: 'reconnect'): Promise<void>;
    unstall(): Promise<void>;
    readonly channels: readonly string[];
  };
  /** Tells the agent of the session, as the lab's application does. */
  tellSession(session: SessionReport): Promise<void>;
  /** What healing knows, by target and action. */
  healing(): Promise<readonly HealingRecord[]>;
  /** What can be broken and mended beside the board. */
  readonly hands: Hands;
  /** Every alert group as the cloud knows it. */
  groups(): Promise<readonly GroupRecord[]>;
  /** Signal quality of the device now, 0 to 1, as the agent measures it. */
  quality(): Promise<number | undefined>;
  /** Alerts as the agent sees them now. */
  edgeAlerts(): Promise<readonly StageAlert[]>;
  /** What people have received, oldest first. */
  received(): readonly InboxMessage[];
  /** Opens an acknowledge link as a person does: reads the page, then submits its form. */
  acknowledge(link: string, who: string): Promise<void>;
  /** How the escalation stands, from its state machine and its record. */
  escalation(): Promise<StageEscalation | undefined>;
}

export interface StageAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing' | 'resolved';
}

export interface StageEscalation {
  readonly status: string;
  readonly acknowledgedBy?: string;
}

import type { Stage } from '../stories/story.ts';

/** Something that breaks in a drill, and what mends it. */
export interface Incident {
  readonly name: string;
  /** What it was, for the discussion afterwards. */
  readonly summary: string;
  /** What mends it, as a choice among those of all incidents. */
  readonly repair: string;
  break(stage: Stage, channel: string): Promise<void>;
  mend(stage: Stage, channel: string): Promise<void>;
}

export const incidents: readonly Incident[] = [
  {
    name: 'electrode-off',
    summary: 'an electrode came off',
    repair: 'have the technician re-seat the electrode that has no contact',
    break: (stage, channel) => stage.board.detach(channel),
    mend: (stage, channel) => stage.board.attach(channel),
  },
  {
    name: 'board-stalls',
    summary: 'the board fell silent while its port stayed open',
    repair: 'have the board switched off and on, and its dongle re-plugged',
    break: (stage) => stage.board.stall(),
    mend: (stage) => stage.board.unstall(),
  },
  {
    name: 'agent-hangs',
    summary: 'the agent hung: its process was there and did nothing',
    repair: "restart the edge agent on the lab's host",
    break: async ({ hands }) => hands.agent(false),
    mend: async ({ hands }) => hands.agent(true),
  },
  {
    name: 'network-gone',
    summary: "the lab's network was gone: the agent measured on, and kept everything on its disk",
    repair: "call whoever runs the lab's network",
    break: ({ hands }) => hands.network(false),
    mend: ({ hands }) => hands.network(true),
  },
  {
    name: 'channel-down',
    summary: 'Slack was down when an electrode came off: the page came by the other channels only',
    repair: 'have the technician re-seat the electrode that has no contact',
    async break({ hands, board }, channel) {
      hands.channel('slack', false);
      await board.detach(channel);
    },
    async mend({ hands, board }, channel) {
      hands.channel('slack', true);
      await board.attach(channel);
    },
  },
];

/** Every repair there is, once: what a team chooses from. */
export const repairs: readonly string[] = [...new Set(incidents.map(({ repair }) => repair))];

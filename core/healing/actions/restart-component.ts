import type { HealingAction } from '../action.ts';
import { agentOf, agentSpeaks } from './targets.ts';

export const restartComponent: HealingAction = {
  name: 'restart-component',
  summary: 'lets the supervisor restart the edge agent',
  runs: 'edge',
  precondition: agentSpeaks,
  target: agentOf,
  blastRadius: { touches: 'one agent and its board', atOnce: 2 },
  // The Greengrass nucleus gives up on a component that ends three times in a row: stay below.
  budget: { perTarget: 2, fleet: 10, withinMs: 3_600_000 },
  apply: { kind: 'restart-component' },
  // An agent that has just started measures nothing yet; after a minute it does or never will.
  verify: () => ({
    kind: 'promql',
    expr: 'nsmon_agent_uplink_connected == 1',
    holdsForMs: 5_000,
    withinMs: 60_000,
  }),
  rollback: { restores: 'the board is started; no setting was changed', step: { kind: 'ensure-board-started' } },
  futilityAfter: 2,
  approver: 'nobody',
  touchesAcquisition: true,
};

import type { HealingAction } from '../action.ts';
import { agentSpeaks, boardDelivers, boardOf } from './targets.ts';

export const reconnectBoard: HealingAction = {
  name: 'reconnect-board',
  summary: 'closes the port of the board and opens it again',
  runs: 'edge',
  precondition: agentSpeaks,
  target: boardOf,
  blastRadius: { touches: 'one board', atOnce: 5 },
  budget: { perTarget: 3, fleet: 20, withinMs: 3_600_000 },
  apply: { kind: 'reconnect-board' },
  // A board that stalls at once delivers a burst from its buffer first: three seconds are more than that.
  verify: (target) => ({ kind: 'promql', expr: boardDelivers(target), holdsForMs: 3_000, withinMs: 15_000 }),
  rollback: { restores: 'the board is started, as before', step: { kind: 'ensure-board-started' } },
  futilityAfter: 2,
  approver: 'nobody',
  touchesAcquisition: true,
};

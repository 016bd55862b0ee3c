import type { HealingAction } from '../action.ts';
import { agentOf } from './targets.ts';

export const redriveParked: HealingAction = {
  name: 'redrive-parked',
  summary: 'hands the messages of an agent that were parked as unreadable to ingest once more',
  runs: 'cloud',
  precondition: () => undefined,
  target: agentOf,
  blastRadius: { touches: 'the metric stream, with at most 100 messages', atOnce: 1 },
  budget: { perTarget: 2, fleet: 5, withinMs: 3_600_000 },
  apply: { kind: 'redrive-parked', most: 100 },
  verify: () => ({ kind: 'parked-again', withinMs: 60_000 }),
  rollback: { restores: 'they are parked, as before', step: { kind: 'leave-parked' } },
  futilityAfter: 2,
  // It helps only after somebody has mended what could not read them.
  approver: 'person',
  touchesAcquisition: false,
};

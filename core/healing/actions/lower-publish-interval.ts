import type { HealingAction } from '../action.ts';
import { agentOf, agentSpeaks } from './targets.ts';

export const lowerPublishInterval: HealingAction = {
  name: 'lower-publish-interval',
  summary: 'lets the agent send every second for 5 minutes, so that a brief fault is seen in full',
  runs: 'edge',
  precondition: agentSpeaks,
  target: agentOf,
  // Ten times the messages of an agent: a fleet that does this together costs what it should not.
  blastRadius: { touches: 'what one agent costs', atOnce: 10 },
  budget: { perTarget: 3, fleet: 20, withinMs: 3_600_000 },
  apply: { kind: 'set-publish-interval', seconds: 1, forSeconds: 300 },
  // The store still takes what is sent.
  verify: () => ({
    kind: 'promql',
    expr: 'increase(nsmon_agent_points_acknowledged_total[15s]) > 0',
    holdsForMs: 3_000,
    withinMs: 90_000,
  }),
  rollback: { restores: 'the configured interval', step: { kind: 'restore-publish-interval' } },
  futilityAfter: 2,
  approver: 'nobody',
  touchesAcquisition: false,
};

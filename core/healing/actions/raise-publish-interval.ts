import type { HealingAction } from '../action.ts';
import { agentOf, agentSpeaks } from './targets.ts';

export const raisePublishInterval: HealingAction = {
  name: 'raise-publish-interval',
  summary: 'lets the agent send every 30 s for 15 minutes: a third of the messages',
  runs: 'edge',
  precondition: agentSpeaks,
  target: agentOf,
  blastRadius: { touches: 'how fresh one agent is on dashboards', atOnce: 50 },
  budget: { perTarget: 3, fleet: 100, withinMs: 3_600_000 },
  apply: { kind: 'set-publish-interval', seconds: 30, forSeconds: 900 },
  // What waits on the disk no longer grows.
  verify: () => ({
    kind: 'promql',
    expr: 'deriv(nsmon_agent_buffer_messages[15s]) <= 0',
    holdsForMs: 10_000,
    withinMs: 90_000,
  }),
  rollback: { restores: 'the configured interval', step: { kind: 'restore-publish-interval' } },
  futilityAfter: 2,
  approver: 'nobody',
  touchesAcquisition: false,
};

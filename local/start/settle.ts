import type { EgressInspector } from '../privacy/egress-inspector.ts';
import type { Twin } from '../twin.ts';
import { THING } from './agent-configuration.ts';
import type { AgentProcess } from './agent-process.ts';
import { alertTimelines, escalationReport, groupReports, notificationRecords } from './alert-history.ts';
import type { CloudAlerts } from './groups.ts';
import { balance, percentile, type RunReport } from './report.ts';
import { countArchived, countStored } from './stored.ts';

export interface SettleInputs {
  readonly twin: Twin;
  readonly agent: AgentProcess;
  readonly egress: EgressInspector;
  readonly latencies: readonly number[];
  readonly readAlerts: () => Promise<CloudAlerts>;
  readonly executionStatus: (executionArn: string) => string;
  readonly readyMs: number;
}

/**
 * Ends the run and accounts for it. The agent stops, which sends what it has and asks for the last acknowledgements;
 * then the store, the archive and the agent's own last ledger are asked how many points each has.
 */
export async function settle(inputs: SettleInputs): Promise<RunReport> {
  const { twin, agent, egress, latencies, readAlerts, executionStatus, readyMs } = inputs;
  const { samples } = (await agent.status()) ?? { samples: { read: 0, expected: 0 } };
  const ledger = await agent.stop();
  const [stored, { archived, rejected }, { groups, healing }] = await Promise.all([
    countStored(twin.store, THING),
    countArchived(twin, THING),
    readAlerts(),
  ]);
  const alerts = alertTimelines(groups, twin.inbox.list());
  const escalation = escalationReport(groups, executionStatus);
  return {
    samples: { read: samples.read, expected: samples.expected },
    points: balance({ recorded: ledger.recorded, stored, archived, rejected, buffered: ledger.buffered }),
    alerts,
    notifications: notificationRecords(groups),
    groups: groupReports(groups),
    healing: healing.map(({ key, status, reason, failures }) => ({
      key,
      status,
      reason,
      failures: failures.map(({ text }) => text),
    })),
    ...(escalation ? { escalation } : {}),
    latency: {
      sampleToStoredMs: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) },
      edgeToChannelMs: alerts.flatMap(({ edgeToChannelMs }) =>
        edgeToChannelMs === undefined ? [] : [edgeToChannelMs],
      ),
    },
    egress: egress.report(),
    twin: { readyMs, ...twin.counts },
  };
}

import { expireLeases, retire } from '../../core/alerting/lease.ts';
import type { ReportedAlert } from '../../core/alerting/report.ts';
import type { SenderState } from '../../core/alerting/sender.ts';
import type { GroupState, RecordedSample, RuleError } from '../../core/rules/group.ts';
import type { RuleGroup } from '../../core/rules/model.ts';
import { overlay } from '../../core/rules/overlay.ts';
import type { Versioned } from '../shared/alerts-table.ts';
import { type RoutePorts, routeReport, storeChange, tellGroups } from '../shared/route-report.ts';
import type { WindowPoint } from '../shared/rule-window.ts';
import { SENDERS } from '../shared/senders.ts';
import { LOOKBACK_MS, neededFrom, seriesOf } from './cloud-rules.ts';
import { alertsOf, dueMs, eventTimes } from './due.ts';
import { evaluateCloudGroup } from './evaluate-group.ts';
import { fleetOutliers } from './outliers.ts';
import { keptMs, readRecordings, writeRecordings } from './recordings.ts';
import { tendSilences } from './silences.ts';

/** Whose a thing is; undefined when it is not in the registry (any more). */
export type OwnerOf = (thing: string) => Promise<{ readonly tenant: string; readonly site: string } | undefined>;

export interface EvaluatePorts extends RoutePorts {
  readonly rules: readonly RuleGroup[];
  /** Points of a metric in `(fromMs, toMs]`. */
  readonly readWindow: (metric: string, fromMs: number, toMs: number) => Promise<readonly WindowPoint[]>;
  readonly ownerOf: OwnerOf;
}

export interface Evaluated {
  readonly alerts: readonly ReportedAlert[];
  readonly problems: readonly RuleError[];
  /** Samples that came later than the watermark of a rule which looks at them. */
  readonly late: number;
  /** Senders whose lease was found lapsed now. */
  readonly silent: readonly string[];
}

/** The sender of the cloud's own alerts. It has one run for ever, because its state is in the table. */
export const CLOUD = 'cloud';
const CLOUD_BOOT = '0-cloud';
const RULES = 'RULES';
/** A thing that is silent and no longer registered was taken out of service. */
const RETIRED_AFTER_MS = 3_600_000;

/**
 * What the cloud does every minute: evaluates the rules that need more than one agent, reports their alerts as any sender
 * does, and looks for senders whose lease has lapsed. Each is done even when another fails.
 * @throws the first failure, after the rest is done
 */
export async function evaluateRules(ports: EvaluatePorts): Promise<Evaluated> {
  const nowMs = ports.nowMs();
  const all = await ports.table.list<SenderState>(SENDERS);
  const agents = all.filter(({ document }) => document.sender !== CLOUD);
  const [evaluated, silent, told] = await Promise.allSettled([
    evaluateAll(all, nowMs, ports),
    lapse(agents, nowMs, ports),
    // A crash may have kept groups from knowing; of a silent sender no further report would tell them.
    Promise.all(all.filter(({ document }) => document.changed.length > 0).map((state) => tellGroups(state, ports))),
  ]);
  for (const outcome of [evaluated, silent, told]) if (outcome.status === 'rejected') throw outcome.reason;
  if (evaluated.status !== 'fulfilled' || silent.status !== 'fulfilled') throw new Error('unreachable');
  return { ...evaluated.value, silent: silent.value };
}

async function evaluateAll(known: readonly Versioned<SenderState>[], nowMs: number, ports: EvaluatePorts) {
  const agents = known.filter(({ document }) => document.sender !== CLOUD);
  const needed = [...neededFrom(ports.rules, nowMs)];
  const points = await Promise.all(needed.map(([metric, fromMs]) => ports.readWindow(metric, fromMs, nowMs)));
  const seen = await Promise.all(
    agents.map(async ({ document: { sender, lastSeenMs } }) => ({
      labels: { thing: sender, ...(await ports.ownerOf(sender)) },
      lastSeenMs,
    })),
  );
  const kept = keptMs(ports.rules, LOOKBACK_MS);
  const recordings = await readRecordings(ports.table, kept.keys());
  const groups = await Promise.all(
    ports.rules.map(async (group) => {
      const before = await ports.table.get<GroupState>(RULES, group.name);
      return { group, before, atMs: dueMs(group, before?.document, nowMs) };
    }),
  );
  const due = groups.flatMap(({ group, atMs }) => (atMs === undefined ? [] : [{ group, atMs }]));
  const all = points.flat();
  const outliers = await fleetOutliers(ports, nowMs);
  const recorded: RecordedSample[] = [];
  const source = overlay(seriesOf(all, seen, eventTimes(due), recordings, outliers), recorded);
  const alerts: ReportedAlert[] = [];
  const problems: RuleError[] = [];
  let late = 0;
  for (const { group, before, atMs } of groups) {
    if (atMs === undefined) {
      alerts.push(...alertsOf(before?.document ?? {}));
      continue;
    }
    const result = evaluateCloudGroup(group, all, source, atMs, before?.document, ports.nowMs);
    late += result.late;
    recorded.push(...result.recorded);
    // Before the state, which says that the slot is done: a crash in between makes the slot be recorded again.
    await writeRecordings(ports.table, recordings, result.recorded, kept);
    await ports.table.put(RULES, group.name, result.state, before?.version);
    alerts.push(...result.alerts);
    problems.push(...result.errors, ...result.warnings);
  }
  try {
    const senders = known.map(({ document }) => document);
    alerts.push(...(await tendSilences(ports, senders, nowMs)));
  } catch (error) {
    // Rules must be heard whatever became of silences; these are tended again in a minute.
    problems.push({ group: 'silences', rule: 'SilenceEnded', message: (error as Error).message });
  }
  await routeReport(CLOUD, { boot: CLOUD_BOOT, seq: nowMs, sentAtMs: nowMs, alerts }, ports);
  return { alerts, problems, late };
}

async function lapse(agents: readonly Versioned<SenderState>[], nowMs: number, ports: EvaluatePorts) {
  const changes = expireLeases(
    agents.map(({ document }) => document),
    nowMs,
  );
  const bySender = new Map(agents.map((agent) => [agent.document.sender, agent]));
  for (const change of changes) {
    const before = bySender.get(change.state.sender);
    if (before) await storeChange(before, change, ports);
  }
  for (const agent of agents) {
    const { sender, silentSinceMs = nowMs } = agent.document;
    if (nowMs - silentSinceMs < RETIRED_AFTER_MS || (await ports.ownerOf(sender)) !== undefined) continue;
    const change = retire(agent.document, nowMs);
    if (change.events.length > 0) await storeChange(agent, change, ports);
  }
  return changes.map(({ state }) => state.sender);
}

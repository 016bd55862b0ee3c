import path from 'node:path';
import { fingerprintOf } from '../../core/alerting/fingerprint.ts';
import type { ReportedAlert } from '../../core/alerting/report.ts';
import type { Escalation } from '../../lambdas/shared/rule-files.ts';
import type { Twin } from '../twin.ts';
import type { AlertNote, AlertStatus, OnCallView, StatusSnapshot } from '../web/ports.ts';
import { THING } from './agent-configuration.ts';
import type { AgentProcess, AgentStatus } from './agent-process.ts';
import { notesByAlert } from './alert-notes.ts';
import type { CloudAlerts } from './groups.ts';
import { onCallNow, operationsOf } from './operations.ts';
import type { StartOptions } from './options.ts';
import { countStored } from './stored.ts';

export interface OverviewInputs {
  readonly twin: Twin;
  readonly agent: AgentProcess;
  readonly readAlerts: () => Promise<CloudAlerts>;
  readonly options: StartOptions;
  /** What the deployed rules say of people. */
  readonly escalation: Escalation;
  readonly startedAtMs: number;
  readonly environment: string;
}

const REFRESH_MS = 1000;
/** Turns begin and end with minutes. */
const MINUTE_MS = 60_000;
const HINTS = [
  '`npm start -- --story electrode-detach` plays an incident, from the electrode to the person',
  '`npm start -- --recording FILE` replays a recording: EDF, BDF or OpenBCI text',
  '`npm run doctor` says what a deploy to AWS needs',
];

/** What the browser view's home and alerts pages show, gathered once a second and handed out at once. */
export function createOverview(inputs: OverviewInputs) {
  const { twin, agent, readAlerts, options, escalation, startedAtMs, environment } = inputs;
  let status: AgentStatus | undefined;
  let cloud: CloudAlerts = { groups: [], senders: [], healing: [], silences: [] };
  let notes: (fingerprint: string) => readonly AlertNote[] = () => [];
  let onCall: { readonly minute: number; readonly view: readonly OnCallView[] } = { minute: Number.NaN, view: [] };
  let pointsStored = 0;

  const routeAlerts = twin.services.lambda.names.find((name) => name.endsWith('-route-alerts')) ?? '';

  async function refresh(): Promise<void> {
    [status, cloud, pointsStored] = await Promise.all([agent.status(), readAlerts(), countStored(twin.store, THING)]);
    notes = notesByAlert(cloud, escalation.policyOf);
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (minute !== onCall.minute) onCall = { minute, view: onCallNow(escalation.oncall, Date.now()) };
  }
  // A refresh that fails leaves the last view: the next one is a second away.
  const timer = setInterval(() => void refresh().catch(() => undefined), REFRESH_MS);

  return {
    stop: () => clearInterval(timer),
    status(): StatusSnapshot {
      const executions = twin.services.stepFunctions.engine
        .machines()
        .flatMap(({ arn }) => twin.services.stepFunctions.engine.executions(arn));
      return {
        nowMs: Date.now(),
        startedAtMs,
        environment,
        metricStore: twin.store.kind,
        ...(status?.liveUntilMs === undefined ? {} : { liveUntilMs: status.liveUntilMs }),
        devices: status ? devices(status, options) : [],
        flow: {
          recordsIngested: twin.services.kinesis.handled,
          pointsStored,
          alertReports: twin.services.lambda.answered(routeAlerts),
          escalations: executions.length,
          notifications: twin.inbox.list().length,
          ...(status
            ? {
                samplesRead: status.samples.read * (status.device?.channels.length ?? 0),
                pointsRecorded: status.ledger.recorded,
                messagesPublished: status.egress.messages,
              }
            : {}),
        },
        alerts: alerts(status, cloud, notes),
        operations: operationsOf(cloud, onCall.view, Date.now()),
        hints: HINTS,
      };
    },
  };
}

function devices({ device, thing, rates }: AgentStatus, { recording }: StartOptions): StatusSnapshot['devices'] {
  if (!device) return [];
  return [
    {
      thing,
      deviceId: device.deviceId,
      deviceType: device.deviceType,
      connected: device.connected,
      channels: device.channels.length,
      sampleRateHz: device.sampleRateHz,
      source: recording === undefined ? 'generated EEG' : path.basename(recording),
      dataRateHz: rates.samplesPerSecond,
      ...(device.quality === undefined ? {} : { quality: device.quality }),
    },
  ];
}

/** Those at the edge as the agent has them now, and all others as the cloud knows them. */
function alerts(
  status: AgentStatus | undefined,
  { senders }: CloudAlerts,
  notesOf: (fingerprint: string) => readonly AlertNote[],
): AlertStatus[] {
  // The cloud knows an agent's alerts by the name of the agent, too.
  const keyOf = (labels: ReportedAlert['labels']): string => fingerprintOf({ ...labels, thing: status?.thing ?? '' });
  const atEdge = (status?.alerts ?? []).map((alert) => shown(alert, alert.state, 'edge', notesOf(keyOf(alert.labels))));
  const inCloud = senders
    .filter(({ sender }) => sender !== status?.thing)
    .flatMap(({ sender, alerts: known }) =>
      Object.entries(known).map(([fingerprint, alert]) =>
        shown(alert, alert.status, sender === 'cloud' ? 'cloud' : 'edge', notesOf(fingerprint)),
      ),
    );
  return [...atEdge, ...inCloud];
}

function shown(
  alert: Pick<ReportedAlert, 'labels' | 'annotations' | 'value' | 'activeAtMs' | 'firedAtMs' | 'resolvedAtMs'>,
  state: AlertStatus['state'],
  evaluatedWhere: 'edge' | 'cloud',
  notes: readonly AlertNote[],
): AlertStatus {
  const { alertname = '', severity, ...labels } = alert.labels;
  const { summary } = alert.annotations;
  return {
    name: alertname,
    labels,
    state,
    evaluatedWhere,
    pendingAtMs: alert.activeAtMs,
    ...(alert.firedAtMs === undefined ? {} : { firingAtMs: alert.firedAtMs }),
    ...(alert.resolvedAtMs === undefined ? {} : { resolvedAtMs: alert.resolvedAtMs }),
    ...(severity === undefined ? {} : { severity }),
    ...(summary === undefined ? {} : { summary }),
    value: alert.value,
    ...(notes.length > 0 ? { notes } : {}),
  };
}

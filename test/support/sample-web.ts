import { buildDashboards } from '../../dashboards/build.ts';
import type { Store } from '../../dashboards/store.ts';
import { createInbox, type Inbox } from '../../local/inbox/inbox.ts';
import type { AlertStatus, OperationsView, PanelTarget, QueryView, StatusSnapshot } from '../../local/web/ports.ts';
import { createRunQuery } from '../../local/web/run-query.ts';
import { createWebServer, type WebServer } from '../../local/web/server.ts';
import { notifySampleIncident } from './sample-incident.ts';
import { sampleGroups, TICK_MS } from './sample-metrics.ts';
import { DATABASE, prometheusSample, type SampleStore, timestreamSample } from './sample-store.ts';

const NOTHING: OperationsView = { onCall: [], silences: [], healing: [] };

/** Sample data of six minutes before the start, and of the time that the tests look at it. */
const SPAN_MS = 6 * 60_000;
const AHEAD_MS = 90_000;

export interface SampleWeb {
  readonly url: string;
  readonly inbox: Inbox;
  /** Seconds that live mode was asked for, one entry a request. */
  readonly liveRequests: readonly number[];
  /** From now on this panel's queries fail with this message; undefined ends it. */
  failQueries(message: string | undefined): void;
  /** From now on nothing has happened yet: no device, no alert, no data. */
  empty(yes: boolean): void;
  close(): Promise<void>;
}

/** The browser view over sample data in one of the stores, with an inbox that received an incident's notifications. */
export async function startSampleWeb(store: Store): Promise<SampleWeb> {
  const toMs = Math.floor(Date.now() / TICK_MS) * TICK_MS;
  const sample: SampleStore = store === 'timestream' ? await timestreamSample(() => Date.now()) : prometheusSample();
  await sample.write([...sampleGroups(toMs - SPAN_MS, toMs + AHEAD_MS)]);
  const inbox = await createInbox();
  await notifySampleIncident(inbox, toMs - 120_000);
  const run = createRunQuery(sample.ports);
  const liveRequests: number[] = [];
  let liveUntilMs = 0;
  let failure: string | undefined;
  let isEmpty = false;
  const startedAtMs = toMs - SPAN_MS;

  const runQuery = async (target: PanelTarget, view: QueryView) => {
    if (failure !== undefined) throw new Error(failure);
    if (isEmpty) return { kind: 'series' as const, series: [] };
    return run(target, view);
  };
  const dashboards = buildDashboards(store, { databaseName: DATABASE, datasourceUid: 'metrics' });
  const server: WebServer = await createWebServer({
    port: 0,
    dashboards: () => dashboards,
    runQuery,
    inbox: { list: () => (isEmpty ? [] : inbox.list()), acknowledge: (id) => inbox.acknowledge(id) },
    status: () =>
      isEmpty
        ? { ...status(store, toMs, startedAtMs, liveUntilMs), devices: [], alerts: [], operations: NOTHING, flow: {} }
        : status(store, toMs, startedAtMs, liveUntilMs),
    startLive: (seconds) => {
      liveRequests.push(seconds);
      liveUntilMs = Date.now() + seconds * 1000;
    },
  });
  return {
    url: server.url,
    inbox,
    liveRequests,
    failQueries: (message) => {
      failure = message;
    },
    empty: (yes) => {
      isEmpty = yes;
    },
    async close() {
      await server.close();
      await inbox.close();
      await sample.close();
    },
  };
}

function status(metricStore: Store, toMs: number, startedAtMs: number, liveUntilMs: number): StatusSnapshot {
  const nowMs = Date.now();
  const seconds = (nowMs - startedAtMs) / 1000;
  const base = { evaluatedWhere: 'edge' as const, severity: 'warning' };
  const electrode = { device_id: 'cyton-a1b2', channel: 'C3', thing: 'lab-1' };
  const alerts: AlertStatus[] = [
    {
      ...base,
      name: 'ElectrodeDetached',
      state: 'firing',
      labels: electrode,
      summary: 'Electrode C3 of cyton-a1b2 has no contact.',
      pendingAtMs: toMs - 150_000,
      firingAtMs: toMs - 120_000,
      notes: [
        { kind: 'problem', text: 'nobody is on call by schedule devices: level 2 goes unheard', atMs: toMs - 60_000 },
        { kind: 'inhibited', text: 'by DeviceSilent of lab-1/cyton-a1b2', isOver: true },
        { kind: 'acknowledged', text: 'Robin is on it: new gel', atMs: toMs - 30_000, untilMs: toMs + 1_770_000 },
      ],
    },
    {
      ...base,
      name: 'LowDataQuality',
      state: 'pending',
      labels: { thing: 'lab-1' },
      summary: 'Neural data quality below acceptable threshold',
      pendingAtMs: toMs - 60_000,
      notes: [
        {
          kind: 'silenced',
          text: 'by silence 85272e8b of ada: the subject moves on purpose',
          untilMs: toMs + 1_200_000,
        },
      ],
    },
    {
      ...base,
      name: 'HighSignalProcessingLatency',
      severity: 'critical',
      state: 'resolved',
      labels: { thing: 'lab-2' },
      summary: 'Neural signal processing latency is critically high',
      pendingAtMs: toMs - 560_000,
      firingAtMs: toMs - 440_000,
      resolvedAtMs: toMs - 330_000,
    },
    {
      ...base,
      name: 'EdgeAgentSilent',
      severity: 'critical',
      state: 'resolved',
      evaluatedWhere: 'cloud',
      labels: { thing: 'lab-2' },
      summary: 'The agent lab-2 has not reported for 90 seconds.',
      pendingAtMs: toMs - 260_000,
      firingAtMs: toMs - 200_000,
      resolvedAtMs: toMs - 170_000,
    },
  ];
  return {
    nowMs,
    startedAtMs,
    environment: 'dev',
    metricStore,
    ...(liveUntilMs > 0 ? { liveUntilMs } : {}),
    devices: [
      {
        thing: 'lab-1',
        deviceId: 'cyton-a1b2',
        deviceType: 'cyton',
        connected: true,
        channels: 8,
        sampleRateHz: 250,
        source: 'generated, seed 7',
        dataRateHz: 249.8,
        quality: 0.93,
      },
      {
        thing: 'lab-2',
        deviceId: 'ganglion-77',
        deviceType: 'ganglion',
        connected: true,
        channels: 4,
        sampleRateHz: 200,
        source: 'S001R04.edf',
        dataRateHz: 199.4,
        quality: 0.78,
      },
    ],
    flow: {
      samplesRead: Math.round(seconds * 2800),
      pointsRecorded: Math.round(seconds * 14),
      messagesPublished: Math.round(seconds / 5),
      recordsIngested: Math.round(seconds / 5),
      pointsStored: Math.round(seconds * 14) - 40,
      alertReports: Math.round(seconds / 15),
      escalations: 2,
      notifications: 7,
    },
    alerts,
    operations: operations(toMs),
    hints: [
      '`npm start -- --story electrode-detach` detaches an electrode and tells what happens, as a timeline.',
      '`npm start -- --recording FILE` replays a recording of your own: EDF, BDF, or OpenBCI text.',
      'Press Live: data arrives every second for ten minutes.',
    ],
  };
}

function operations(toMs: number): OperationsView {
  return {
    onCall: [
      {
        schedule: 'cloud',
        people: ['katherine'],
        why: 'katherine has the turn of rotation "two days" from 2026-11-24 08:00 until 2026-11-26 08:00',
        untilMs: toMs + 30_000_000,
      },
      { schedule: 'devices', people: [], why: 'nobody is on call until 2026-11-26 09:00' },
    ],
    silences: [
      {
        id: '85272e8b-0000',
        kind: 'silence',
        isActive: true,
        matchers: '{alertname="LowDataQuality", thing="lab-1"}',
        comment: 'the subject moves on purpose',
        createdBy: 'ada',
        startsAtMs: toMs - 90_000,
        endsAtMs: toMs + 1_200_000,
        holdsBack: 1,
      },
      {
        id: 'c0ffee00-0000',
        kind: 'maintenance',
        isActive: false,
        matchers: '{site=~"berlin|an-unusually-long-name-of-a-site-without-any-space-in-it"}',
        comment: 'new switch',
        createdBy: 'grace',
        startsAtMs: toMs + 80_000_000,
        endsAtMs: toMs + 90_000_000,
        holdsBack: 0,
      },
    ],
    healing: [
      {
        target: 'lab-1/cyton-a1b2',
        action: 'reconnect-board',
        status: 'frozen',
        why: 'it did not help twice in a row: frozen until a person thaws it',
        sinceMs: toMs - 40_000,
        failures: [
          { atMs: toMs - 80_000, text: 'data for 3 s without a break within 15 s; seen: none' },
          { atMs: toMs - 40_000, text: 'data for 3 s without a break within 15 s; seen: none' },
        ],
        command: "npx nsmon heal thaw 'lab-1/cyton-a1b2#reconnect-board'",
      },
    ],
  };
}

import type { InboxMessage } from '../inbox/message.ts';

/** What the browser view needs of the twin, and nothing more: everything here is plain data. */

/** A dashboard as `dashboards/build.ts` makes it. */
export interface WebDashboard {
  readonly uid: string;
  readonly title: string;
  readonly slug: string;
  readonly json: unknown;
}

/** A panel's query as it stands in the dashboard's JSON, for either store. */
export interface PanelTarget {
  readonly refId: string;
  /** Timestream SQL with macros. */
  readonly rawQuery?: string;
  /** Timestream: 0 as rows, 1 as time series. */
  readonly format?: unknown;
  /** PromQL with macros. */
  readonly expr?: string;
  /** Prometheus: evaluate once, at the end of the range. */
  readonly instant?: boolean;
}

/** What the person looks at. */
export interface QueryView {
  readonly fromMs: number;
  readonly toMs: number;
  /** Time that one point on the screen covers. */
  readonly intervalMs: number;
  /** Regular expression of the chosen things; all when absent. */
  readonly thing?: string;
}

export type Cell = string | number | null;

/** The answer to one query. */
export type Frame =
  | { readonly kind: 'series'; readonly series: readonly FrameSeries[] }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] };

export interface FrameSeries {
  /** Name of the value column; empty for Prometheus, whose legends name series. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `[epoch ms, value]`, ascending. */
  readonly points: readonly (readonly [number, number | null])[];
}

export interface DeviceStatus {
  readonly thing: string;
  readonly deviceId: string;
  readonly deviceType: string;
  readonly connected: boolean;
  readonly channels: number;
  /** The board's nominal rate, samples per second and channel. */
  readonly sampleRateHz: number;
  /** Where the samples come from: `generated, seed 7`, the name of a recording. */
  readonly source: string;
  /** What arrives, samples per second and channel. */
  readonly dataRateHz?: number;
  /** Signal quality, 0 to 1. */
  readonly quality?: number;
}

/** Counted since the start; the view makes rates of the differences. Absent steps are shown without a number. */
export interface FlowCounts {
  /** Samples read at the boards, all channels. */
  readonly samplesRead?: number;
  readonly pointsRecorded?: number;
  readonly messagesPublished?: number;
  /** Records that ingest took from the stream. */
  readonly recordsIngested?: number;
  readonly pointsStored?: number;
  readonly alertReports?: number;
  readonly escalations?: number;
  readonly notifications?: number;
}

/** What an operator must know of an alert beside its state. */
export interface AlertNote {
  /** `problem`: telling people went wrong. The first three say why nobody is told of it. */
  readonly kind: 'inhibited' | 'silenced' | 'muted' | 'acknowledged' | 'healing' | 'problem';
  readonly text: string;
  readonly atMs?: number;
  /** The end of the silence, of the acknowledgement's lease, or of the time that the page waits for healing. */
  readonly untilMs?: number;
  /** It held the alert back, and does no more. */
  readonly isOver?: true;
}

export interface SilenceView {
  readonly id: string;
  readonly kind: 'silence' | 'maintenance';
  /** Otherwise it has yet to begin. */
  readonly isActive: boolean;
  readonly matchers: string;
  readonly comment: string;
  readonly createdBy: string;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** Active alerts that nobody is told of because of it. */
  readonly holdsBack: number;
}

export interface OnCallView {
  readonly schedule: string;
  /** Handles; empty when nobody is. */
  readonly people: readonly string[];
  /** A sentence, with times on the clocks of the schedule. */
  readonly why: string;
  readonly untilMs?: number;
}

export interface HealingView {
  /** `lab-1/headset-1`. */
  readonly target: string;
  readonly action: string;
  /** See core/healing/record.ts. */
  readonly status: string;
  readonly why: string;
  readonly sinceMs: number;
  /** Tries in a row that did not help. */
  readonly failures: readonly { readonly atMs: number; readonly text: string }[];
  /** What a person may do about it. */
  readonly command?: string;
}

export interface OperationsView {
  readonly onCall: readonly OnCallView[];
  /** Active and planned ones. */
  readonly silences: readonly SilenceView[];
  readonly healing: readonly HealingView[];
}

export interface AlertStatus {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing' | 'resolved' | 'unknown';
  readonly evaluatedWhere: 'edge' | 'cloud';
  readonly pendingAtMs: number;
  readonly firingAtMs?: number;
  readonly resolvedAtMs?: number;
  readonly severity?: string;
  readonly summary?: string;
  readonly value?: number;
  readonly notes?: readonly AlertNote[];
}

export interface StatusSnapshot {
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly environment: string;
  readonly metricStore: 'timestream' | 'prometheus';
  /** Until when agents publish every second. */
  readonly liveUntilMs?: number;
  readonly devices: readonly DeviceStatus[];
  readonly flow: FlowCounts;
  /** Active ones and those resolved since the start. */
  readonly alerts: readonly AlertStatus[];
  readonly operations: OperationsView;
  /** What to try next, one command or sentence each; backticks around code. */
  readonly hints: readonly string[];
}

export interface WebPorts {
  readonly dashboards: () => readonly WebDashboard[];
  readonly runQuery: (target: PanelTarget, view: QueryView) => Promise<Frame>;
  /** Notifications as their channels received them. */
  readonly inbox: {
    list(): readonly InboxMessage[];
    acknowledge(id: number): Promise<{ readonly status: number }>;
  };
  readonly status: () => StatusSnapshot;
  /** Makes agents publish every second for that long. */
  readonly startLive: (seconds: number) => Promise<void> | void;
}

import type { Matcher } from '../../promql/matchers.ts';
import type { InhibitRule } from '../inhibition/inhibitor.ts';
import type { TimeIntervals } from '../time-intervals/time-interval.ts';

/** An Alertmanager configuration: who learns of which alert, when, and in what company. */
export interface RoutingConfig {
  /** Of `global` what is not the address or key of a channel. */
  readonly global: GlobalSettings;
  /** Patterns of template files, relative to the configuration: `templates/*.tmpl`. */
  readonly templates: readonly string[];
  readonly route: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly timeIntervals: TimeIntervals;
  /** What is understood but not applied, and where: `routing.yaml:12:5: ...`. */
  readonly warnings: readonly string[];
}

export interface GlobalSettings {
  /** After so long an alert without an end is taken for resolved. Ours have a lease instead (`core/alerting/lease.ts`). */
  readonly resolveTimeoutMs: number;
}

/** A node of the route tree; what a child does not say, it has from its parent. */
export interface Route {
  /** Its place in the tree, as Alertmanager writes it: `{}/{severity="critical"}`. Part of a group's identity. */
  readonly key: string;
  readonly receiver: string;
  /** Label names that alerts of one group share; `'all'` (written `...`) makes each alert its own group. */
  readonly groupBy: readonly string[] | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly matchers: readonly Matcher[];
  /** Whether an alert that matches is also offered to the siblings that follow. */
  readonly continue: boolean;
  /** Names of time intervals. Not inherited: they hold for alerts that end here. */
  readonly muteTimeIntervals: readonly string[];
  /** Empty: always active. Not inherited. */
  readonly activeTimeIntervals: readonly string[];
  readonly routes: readonly Route[];
}

export interface Receiver {
  readonly name: string;
  /** In the order of Alertmanager's kinds, then of the file. */
  readonly integrations: readonly Integration[];
}

/** One entry of a receiver's `*_configs`. */
export interface Integration {
  /** `slack` for `slack_configs`. */
  readonly kind: string;
  /** Its place in the receiver, for the notification log: `slack[0]`. */
  readonly key: string;
  readonly sendResolved: boolean;
  /** The other settings as written, such as `channel`, `title`, `text`; never an address, a key or a password. */
  readonly settings: Readonly<Record<string, unknown>>;
}

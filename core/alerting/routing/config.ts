import type { Matcher } from '../../promql/matchers.ts';

/** An Alertmanager configuration: who learns of which alert, and in what company. */
export interface RoutingConfig {
  readonly route: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibitRules: readonly InhibitRule[];
  /** What is understood but not applied, and where: `routing.yaml:12:5: ...`. */
  readonly warnings: readonly string[];
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
  readonly routes: readonly Route[];
}

export interface Receiver {
  readonly name: string;
  /** Kinds of the integrations it names, e.g. `slack` for `slack_configs`. */
  readonly integrations: readonly string[];
}

export interface InhibitRule {
  readonly sourceMatchers: readonly Matcher[];
  readonly targetMatchers: readonly Matcher[];
  readonly equal: readonly string[];
}

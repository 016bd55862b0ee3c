import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Board, buildBoard } from './board.ts';
import { alertManagement } from './boards/alert-management.ts';
import { deviceMonitoring } from './boards/device-monitoring.ts';
import { history } from './boards/history.ts';
import { neuralProcessing } from './boards/neural-processing.ts';
import { systemPerformance } from './boards/system-performance.ts';
import { dashboardProblems } from './checks.ts';
import type { Source, Store } from './store.ts';

/** All dashboards, in the order people meet them. */
export const boards: readonly Board[] = [
  neuralProcessing,
  deviceMonitoring,
  alertManagement,
  systemPerformance,
  history,
];

export interface BuiltDashboard {
  readonly uid: string;
  readonly title: string;
  /** Last part of its address. */
  readonly slug: string;
  /** Plain JSON as Grafana's API takes it (`{dashboard: json}`). */
  readonly json: Dashboard;
}

/**
 * The dashboards for one store, always the same for the same arguments.
 * @throws Error with every problem of every dashboard
 */
export function buildDashboards(
  store: Store,
  { databaseName, datasourceUid }: Omit<Source, 'store'>,
): readonly BuiltDashboard[] {
  const built = boards.map((board) => buildBoard(board, { store, databaseName, datasourceUid }));
  const problems = built.flatMap(dashboardProblems);
  if (problems.length > 0) throw new Error(`dashboards cannot be built:\n${problems.join('\n')}`);
  return built.map((dashboard) => ({
    uid: dashboard.uid ?? '',
    title: dashboard.title ?? '',
    slug: dashboard.uid ?? '',
    // Targets of the SDK carry a marker function; only data may leave.
    json: JSON.parse(JSON.stringify(dashboard)) as Dashboard,
  }));
}

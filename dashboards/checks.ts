import type { Dashboard, GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard';

/** Panels that the twin's browser view draws; Grafana has more, but what is shown there must be shown here. */
const PANEL_TYPES: readonly string[] = ['timeseries', 'stat', 'gauge', 'table'];
const GRID_COLUMNS = 24;

/** Everything wrong with a dashboard, each problem with its panel. Empty when it is fit to be provisioned. */
export function dashboardProblems(dashboard: Dashboard): string[] {
  const panels = (dashboard.panels ?? []) as Panel[];
  const problems: string[] = [];
  if (!/^[a-z0-9-]{1,40}$/.test(dashboard.uid ?? '')) {
    problems.push(`uid '${dashboard.uid}': must be 1 to 40 lower-case letters, digits and dashes`);
  }
  if (panels.length === 0) problems.push('has no panels');
  const seen = new Map<number, string>();
  for (const [index, panel] of panels.entries()) {
    const name = `panel '${panel.title ?? index}'`;
    const twin = panel.id === undefined ? undefined : seen.get(panel.id);
    if (panel.id === undefined) problems.push(`${name}: has no id`);
    else if (twin !== undefined) problems.push(`${name}: id ${panel.id} is taken by '${twin}'`);
    else seen.set(panel.id, panel.title ?? '');
    problems.push(...panelProblems(panel).map((problem) => `${name}: ${problem}`));
    for (const other of panels.slice(0, index)) {
      if (panel.gridPos && other.gridPos && overlap(panel.gridPos, other.gridPos)) {
        problems.push(`${name}: lies over '${other.title}'`);
      }
    }
  }
  return problems.map((problem) => `dashboard '${dashboard.title}': ${problem}`);
}

function panelProblems(panel: Panel): string[] {
  const problems: string[] = [];
  if (!PANEL_TYPES.includes(panel.type)) {
    problems.push(`type '${panel.type}': must be one of ${PANEL_TYPES.join(', ')}`);
  }
  if (!panel.title) problems.push('has no title');
  if (!panel.description) problems.push('has no description: say what is shown and what to think of it');
  if (!panel.targets?.length) problems.push('has no query');
  if (!panel.datasource?.uid) problems.push('has no data source');
  if (!panel.fieldConfig?.defaults.unit) problems.push("has no unit: 'short' for a plain number");
  const { gridPos } = panel;
  if (!gridPos || gridPos.w < 1 || gridPos.h < 2 || gridPos.x < 0 || gridPos.x + gridPos.w > GRID_COLUMNS) {
    problems.push(`grid position ${JSON.stringify(gridPos)}: must lie within ${GRID_COLUMNS} columns`);
  }
  return problems;
}

function overlap(a: GridPos, b: GridPos): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

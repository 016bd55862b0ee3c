import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  QueryVariableBuilder,
  TimePickerBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ALL_THINGS, THING_VARIABLE } from './macros.ts';
import type { PlacedPanel } from './panels/panel.ts';
import { datasourceRef, type Source } from './store.ts';

const GRID_COLUMNS = 24;

/** A dashboard as we write it: rows of panels from left to right, rows from top to bottom. */
export interface Board {
  /** Also its place in links: lower case, digits and dashes. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly rows: readonly BoardRow[];
  /** What is shown at first; the last 15 minutes when absent. */
  readonly range?: `now-${string}`;
  /** How often it is asked again; every 10 seconds, the publish interval, when absent. */
  readonly refresh?: string;
}

export interface BoardRow {
  /** In units of the grid, about 38 pixels each. */
  readonly height: number;
  readonly panels: readonly PlacedPanel[];
}

/** The board as Grafana's dashboard, asking one store. */
export function buildBoard(board: Board, source: Source): Dashboard {
  const builder = new DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags(['neurascale', ...board.tags])
    .timezone('browser')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: board.range ?? 'now-15m', to: 'now' })
    .timepicker(new TimePickerBuilder().refreshIntervals(['1s', '2s', '5s', '10s', '30s', '1m', '5m']))
    .refresh(board.refresh ?? '10s')
    .liveNow(true)
    .withVariable(thingVariable(source));
  for (const panel of place(board.rows, source)) builder.withPanel({ build: () => panel });
  return builder.build();
}

/** Gives every panel its id (1, 2, 3, ... in reading order) and its place. */
function* place(rows: readonly BoardRow[], source: Source) {
  let id = 1;
  let y = 0;
  for (const { height, panels } of rows) {
    let x = 0;
    for (const [index, panel] of panels.entries()) {
      const w = panel.width ?? share(panels.slice(index), GRID_COLUMNS - x);
      yield panel.build(id, { x, y, w, h: height }, source);
      id += 1;
      x += w;
    }
    y += height;
  }
}

/** Columns for the first of these panels: what those without a width of their own leave each other, nothing left over. */
function share(panels: readonly PlacedPanel[], columns: number): number {
  const taken = panels.reduce((sum, panel) => sum + (panel.width ?? 0), 0);
  return Math.ceil((columns - taken) / panels.filter((panel) => !panel.width).length);
}

function thingVariable(source: Source): QueryVariableBuilder {
  const query =
    source.store === 'timestream'
      ? `SELECT DISTINCT "thing" FROM "${source.databaseName}"."metrics" WHERE measure_name = 'process_resident_memory_bytes' AND time > ago(1h) ORDER BY 1`
      : { query: 'label_values(process_resident_memory_bytes, thing)', refId: 'things' };
  return new QueryVariableBuilder(THING_VARIABLE)
    .label('Thing')
    .description('The agents whose series are shown.')
    .datasource(datasourceRef(source))
    .query(query)
    .multi(true)
    .includeAll(true)
    .allValue(ALL_THINGS)
    .current({ text: 'All', value: '$__all', selected: true })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}

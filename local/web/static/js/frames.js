/** From the answers to a panel's queries to what the panel draws, by the rules of Grafana that our dashboards use. */

/** Settings of one field: the panel's defaults, then the overrides that name its query or itself. */
function fieldSettings(panel, name, refId) {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  const settings = { ...defaults };
  for (const { matcher, properties } of overrides) {
    const matches =
      (matcher.id === 'byFrameRefID' && matcher.options === refId) ||
      (matcher.id === 'byName' && matcher.options === name);
    if (matches) for (const { id, value } of properties) settings[id] = value;
  }
  return settings;
}

/** The name of a series: its display name or legend with the labels put in, else what tells it apart. */
function seriesName(panel, target, series) {
  const { displayName } = fieldSettings(panel, series.name, target.refId);
  if (displayName)
    return displayName.replace(/\$\{__field\.labels\.(\w+)\}/g, (_, label) => series.labels[label] ?? '');
  if (target.legendFormat)
    return target.legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label) => series.labels[label] ?? '');
  return Object.values(series.labels).join(' ') || series.name || target.refId;
}

/** All series of all queries: `[{name, settings, points}]`, in the order of the queries, then of the names. */
export function toSeries(panel, answers) {
  return answers.flatMap((answer) => {
    if (answer.frame?.kind !== 'series') return [];
    const target = panel.targets.find(({ refId }) => refId === answer.refId);
    return answer.frame.series
      .map((series) => {
        const name = seriesName(panel, target, series).trim();
        return { name, settings: fieldSettings(panel, name, answer.refId), points: series.points };
      })
      .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  });
}

/** What a stat or a gauge shows: the last value of each series, or each row's number. */
export function toValues(panel, answers) {
  return answers.flatMap((answer) => {
    if (answer.frame?.kind === 'series') {
      return toSeries(panel, [answer]).map((series) => ({
        name: series.name,
        settings: series.settings,
        value: lastValue(series.points),
        points: series.points,
      }));
    }
    const { columns = [], rows = [] } = answer.frame ?? {};
    return rows.flatMap((row) => {
      const at = row.findLastIndex((cell) => typeof cell === 'number');
      if (at < 0) return [];
      const words = row.filter((cell) => typeof cell === 'string' && cell !== '').join(' ');
      const name = words || columns[at];
      return [{ name, settings: fieldSettings(panel, name, answer.refId), value: row[at], points: [] }];
    });
  });
}

function lastValue(points) {
  return points.findLast(([, value]) => value !== null)?.[1] ?? null;
}

/** Rows and columns of a table after its transformations, `merge` and `organize`. */
export function toTable(panel, answers) {
  const frames = answers.flatMap(({ frame }) => (frame?.kind === 'table' && frame.rows.length > 0 ? [frame] : []));
  const merged = merge(frames);
  const options = panel.transformations?.find(({ id }) => id === 'organize')?.options ?? {};
  const { excludeByName = {}, indexByName = {}, renameByName = {} } = options;
  const place = (name) => indexByName[name] ?? Number.MAX_SAFE_INTEGER;
  const kept = merged.columns
    .map((name, at) => ({ name, at, order: place(name) }))
    .filter(({ name }) => !excludeByName[name])
    .sort((a, b) => a.order - b.order || a.at - b.at);
  return {
    columns: kept.map(({ name }) => {
      const title = renameByName[name] ?? name;
      return { title, settings: fieldSettings(panel, title) };
    }),
    rows: merged.rows.map((row) => kept.map(({ at }) => row[at] ?? null)),
  };
}

/** Puts frames side by side: rows whose texts agree become one. */
function merge(frames) {
  const columns = [...new Set(frames.flatMap((frame) => frame.columns))];
  const rows = new Map();
  for (const frame of frames) {
    for (const row of frame.rows) {
      const texts = frame.columns
        .map((name, i) => (typeof row[i] === 'string' ? `${name}=${row[i]}` : ''))
        .filter(Boolean);
      const key = texts.sort().join('\u0000');
      const merged = rows.get(key) ?? columns.map(() => null);
      rows.set(key, merged);
      for (const [i, name] of frame.columns.entries()) merged[columns.indexOf(name)] = row[i];
    }
  }
  return { columns, rows: [...rows.values()] };
}

/** A value's words where the settings map it: `{text, color}`. */
export function mapped(settings, value) {
  for (const { type, options } of settings.mappings ?? []) {
    if (type === 'value' && value !== null && options[String(value)]) return options[String(value)];
  }
  return undefined;
}

/** Series with times of their own as columns over common times, as a chart wants them. */

/**
 * `[times in seconds, values, values, ...]`. A missing value is `undefined` (the line goes on through it) and `null`
 * where the series was silent for longer than `spanMs` (the line ends).
 */
export function align(seriesList, spanMs = Number.POSITIVE_INFINITY) {
  const columns = seriesList.map(({ points }) => withGaps(points, spanMs));
  const times = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  return [times.map((ms) => ms / 1000), ...columns.map((column) => times.map((ms) => column.get(ms)))];
}

function withGaps(points, spanMs) {
  const column = new Map();
  let previous;
  for (const [ms, value] of points) {
    if (value === null) continue;
    if (previous !== undefined && ms - previous > spanMs) column.set(previous + 1, null);
    column.set(ms, value);
    previous = ms;
  }
  return column;
}

/** The columns on top of each other, the first at the bottom. A series without a value there adds nothing. */
export function stack([times, ...columns]) {
  const sums = times.map(() => 0);
  return [
    times,
    ...columns.map((column) =>
      column.map((value, i) => {
        sums[i] += value ?? 0;
        return columns.every((other) => other[i] === null || other[i] === undefined) ? null : sums[i];
      }),
    ),
  ];
}

import type { Labels, Point } from '../../core/metrics/model.ts';

/** Prometheus' grammar of metric names and label names. */
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Limits of the narrower store, Timestream: names of 256 bytes, dimension names of 60, 128 dimensions a table. */
const LONGEST_METRIC_NAME = 256;
const LONGEST_LABEL_NAME = 60;
const LONGEST_LABEL_VALUE = 2048;
const MOST_LABELS = 30;

/** Why a point can never be stored, or undefined when it can. */
export function whyInvalid(point: Point, resource: Labels): string | undefined {
  if (!METRIC_NAME.test(point.name) || point.name.length > LONGEST_METRIC_NAME) {
    return `the name ${JSON.stringify(point.name)} is not a metric name of at most ${LONGEST_METRIC_NAME} characters`;
  }
  if (!Number.isSafeInteger(point.timeMs) || point.timeMs <= 0) {
    return `the time ${point.timeMs} is not in milliseconds since 1970`;
  }
  const names = Object.keys(resource).length + Object.keys(point.labels).length;
  if (names > MOST_LABELS) return `it has ${names} labels, at most ${MOST_LABELS} are allowed`;
  for (const labels of [resource, point.labels]) {
    for (const [name, value] of Object.entries(labels)) {
      if (!LABEL_NAME.test(name) || name.length > LONGEST_LABEL_NAME) {
        return `${JSON.stringify(name)} is not a label name of at most ${LONGEST_LABEL_NAME} characters`;
      }
      if (value.length > LONGEST_LABEL_VALUE) {
        return `the value of label ${name} has ${value.length} characters, at most ${LONGEST_LABEL_VALUE} are allowed`;
      }
    }
  }
  if (point.kind === 'gauge' || point.kind === 'counter') {
    return Number.isFinite(point.value) ? undefined : `the value ${point.value} is not a finite number`;
  }
  const { count, sum } = point.histogram;
  return Number.isFinite(count) && count >= 0 && Number.isFinite(sum)
    ? undefined
    : `the histogram's count ${count} and sum ${sum} are not finite`;
}

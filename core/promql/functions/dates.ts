import { NO_LABELS } from '../labels.ts';
import type { VectorFunction } from '../scope.ts';
import { floatSample, type VectorSample } from '../values.ts';

/** Parts of a date, in UTC; without an argument, of the time of evaluation. */
function part(of: (date: Date) => number): VectorFunction {
  return (call, scope) => {
    const expr = call.args[0];
    if (!expr) return [floatSample(NO_LABELS, of(new Date(scope.timeMs)), false)];
    const result: VectorSample[] = [];
    for (const { labels, value, histogram } of scope.vector(expr)) {
      if (histogram === undefined) result.push(floatSample(labels, of(new Date(Math.trunc(value) * 1000)), true));
    }
    return result;
  };
}

const DAY_MS = 86_400_000;

/** What each function takes of a date. */
export const dateParts: Readonly<Record<string, (date: Date) => number>> = {
  year: (date) => date.getUTCFullYear(),
  month: (date) => date.getUTCMonth() + 1,
  day_of_month: (date) => date.getUTCDate(),
  day_of_week: (date) => date.getUTCDay(),
  day_of_year: (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1,
  days_in_month: (date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
};

export const dateFunctions: Readonly<Record<string, VectorFunction>> = Object.fromEntries(
  Object.entries(dateParts).map(([name, of]) => [name, part(of)]),
);

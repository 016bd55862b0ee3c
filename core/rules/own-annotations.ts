import { parseDuration } from '../promql/durations.ts';
import { didYouMean } from '../yaml/did-you-mean.ts';
import type { YamlReader } from '../yaml/reader.ts';
import type { AlertingRule } from './model.ts';
import { NO_DATA, type NoData } from './no-data.ts';
import type { TextField } from './read-fields.ts';

/** Annotations that say how a rule is evaluated: annotations, so that promtool and Prometheus accept the file. */
const OWN = ['nsmon_where', 'nsmon_watermark', 'nsmon_no_data'] as const;

/** Where a rule is evaluated, see `plan`. */
export const WHERE = ['edge', 'cloud'] as const;

/** A rule with a longer watermark would look at what nobody keeps, and tell of yesterday. */
const LONGEST_WATERMARK_MS = 3_600_000;

/** Reads them from a rule's annotations; wrong values and misspelt names are problems of the file. */
export function readOwnAnnotations(
  yaml: YamlReader,
  fields: readonly TextField[],
): Pick<AlertingRule, 'watermarkMs' | 'noData'> {
  let watermarkMs: number | undefined;
  let noData: NoData = 'resolve';
  for (const { name, key, value, node: at } of fields) {
    if (!name.startsWith('nsmon_')) continue;
    const problem = (text: string): void => yaml.problem(at, `annotation ${name}: ${JSON.stringify(value)} ${text}`);
    if (name === 'nsmon_where') {
      if (!isOneOf(WHERE, value)) problem(`is no place - ${didYouMean(value, WHERE)}`);
    } else if (name === 'nsmon_no_data') {
      if (isOneOf(NO_DATA, value)) noData = value;
      else problem(`is nothing to do without data - ${didYouMean(value, NO_DATA)}`);
    } else if (name === 'nsmon_watermark') {
      watermarkMs = parseDuration(value);
      if (watermarkMs === undefined) problem('is no duration: write for example 10s or 1m30s');
      else if (watermarkMs > LONGEST_WATERMARK_MS) problem('is too long: an hour at most');
    } else {
      // Other words of ours may follow; what is nearly one of these is a slip of the fingers.
      const hint = didYouMean(name, OWN);
      if (hint.startsWith('did you mean')) yaml.problem(key, `unknown annotation ${JSON.stringify(name)} - ${hint}`);
    }
  }
  return { watermarkMs, noData };
}

function isOneOf<T extends string>(allowed: readonly T[], value: string): value is T {
  return (allowed as readonly string[]).includes(value);
}

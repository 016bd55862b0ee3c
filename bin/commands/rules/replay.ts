import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseDuration } from '../../../core/promql/index.ts';
import { compareReports, FAILURES, type Failure, failuresOf } from '../../../core/replay/compare.ts';
import { parseIncidents } from '../../../core/replay/labelled.ts';
import { extentOf } from '../../../core/replay/read-series.ts';
import { renderComparison, renderReport } from '../../../core/replay/text.ts';
import { UserError } from '../../../core/user-error.ts';
import { didYouMean } from '../../../core/yaml/did-you-mean.ts';
import { Interrupted, onInterrupt } from '../../../local/start/interrupt.ts';
import { createProgress } from '../../../local/start/progress.ts';
import { readOptions } from '../../command.ts';
import { DEPLOYMENT_HELP, DEPLOYMENT_OPTIONS } from '../../deployment.ts';
import { progressBar } from '../../replay/bar.ts';
import { readInput } from '../../replay/input.ts';
import { type RuleSet, readRuleSet } from '../../replay/rule-set.ts';
import { type RunOptions, runReplay } from '../../replay/run.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

export const HELP = `Usage: npx nsmon rules replay --from TIME --to TIME [--twin | --env NAME] [OPTION...]
       npx nsmon rules replay --series FILE | --recording FILE [OPTION...]

Says what the rules would have done: alerts, pages, who would have been woken when, and what it would have cost. All
time comes from the input: the same input gives the same output.

  --series FILE              series: YAML (start, interval, input_series as in promtool's tests), or OpenMetrics text
  --recording FILE           a recording of a board (EDF, BDF, text of the OpenBCI GUI), measured as the agent would;
                             its first sample counts as 2026-01-01T00:00:00Z
  --from TIME, --to TIME     only this part, such as 2026-11-03T14:05:00Z; without a file: of the metric store
  --rules DIRECTORY          rules, routing.yaml and escalation.yaml; default: rules/
  --interval DURATION        of groups that name none; default 1m, of a recording 1s
  --acknowledge-after D      somebody acknowledges so long after a page; default: nobody ever does
  --incidents FILE           what is known to have happened: which were caught, how early, and false alarms
  --compare DIRECTORY        the rules of this directory instead: what would change
  --fail-on WHAT,...         with --compare, code 1 on ${FAILURES.join(', ')}
  --json FILE                the report as data

The deployment whose store is read:
${DEPLOYMENT_HELP}`;

const OPTIONS = {
  ...DEPLOYMENT_OPTIONS,
  series: { type: 'string' },
  recording: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  rules: { type: 'string' },
  interval: { type: 'string' },
  'acknowledge-after': { type: 'string' },
  incidents: { type: 'string' },
  compare: { type: 'string' },
  'fail-on': { type: 'string' },
  json: { type: 'string' },
} as const;

/** @returns the exit code */
export async function replay(args: string[]): Promise<number> {
  const { values } = readOptions(args, OPTIONS, false);
  const failOn = readFailures(values['fail-on']);
  if (failOn.length > 0 && values.compare === undefined) throw new UserError('--fail-on needs --compare DIRECTORY');
  const before = readRuleSet(values.rules ?? path.join(ROOT, 'rules'));
  const after = values.compare === undefined ? undefined : readRuleSet(values.compare);
  const incidents =
    values.incidents === undefined ? undefined : parseIncidents(read(values.incidents), values.incidents);
  const intervalMs = duration(values.interval, '--interval') ?? (values.recording === undefined ? 60_000 : 1_000);
  const acknowledgeAfterMs = duration(values['acknowledge-after'], '--acknowledge-after');
  const { signal, end } = onInterrupt();
  const progress = createProgress(process.stderr, () => performance.now());
  try {
    const once = async (rules: RuleSet) => {
      // Each run writes what its rules record into the series.
      const show = (what: string, share: number): void => progress.update(progressBar(what, share));
      const part = { fromMs: instant(values.from, '--from'), toMs: instant(values.to, '--to') };
      const { store, silences } = await readInput(values, rules.groups, part, signal, show);
      const extent = extentOf(store);
      if (!extent) throw new UserError('the input has no samples: there is nothing to replay');
      const { fromMs = extent.fromMs, toMs = extent.toMs } = part;
      if (fromMs >= toMs) throw new UserError('--from must be before --to, and both where the input has samples');
      const options: RunOptions = { fromMs, toMs, intervalMs, acknowledgeAfterMs, silences, incidents };
      return runReplay(rules, store, options, signal, show);
    };
    const report = await once(before);
    const other = after && (await once(after));
    progress.end();
    const comparison = other && compareReports(report, other);
    process.stdout.write(comparison ? renderComparison(comparison) : renderReport(report));
    const data = comparison ? { before: report, after: other, comparison } : report;
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(data, undefined, 2)}\n`);
    const failures = comparison ? failuresOf(comparison, failOn) : [];
    if (failures.length > 0) process.stdout.write(`\nfailed on ${failures.join(', ')}\n`);
    return failures.length > 0 ? 1 : 0;
  } catch (error) {
    progress.end();
    if (error instanceof Interrupted) return Interrupted.exitCode;
    throw error;
  } finally {
    end();
  }
}

function read(file: string): string {
  if (!existsSync(file) || !statSync(file).isFile()) throw new UserError(`there is no file ${file}`);
  return readFileSync(file, 'utf8');
}

function duration(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new UserError(`${option} must be a duration such as 5m, got ${text}`);
  return ms;
}

function instant(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new UserError(`${option} must be a time such as 2026-11-03T14:05:00Z, got ${text}`);
  return ms;
}

function readFailures(text: string | undefined): Failure[] {
  if (text === undefined) return [];
  return text.split(',').map((word) => {
    const failure = FAILURES.find((known) => known === word);
    if (!failure) throw new UserError(`--fail-on ${word}: ${didYouMean(word, FAILURES)}`);
    return failure;
  });
}

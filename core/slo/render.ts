import { parsePromql } from '../promql/parser.ts';
import { exclusionExpression } from './exclusions.ts';
import type { Slo } from './model.ts';
import { BURN_WINDOWS, type BurnWindow, burnRate, RATIO_WINDOWS } from './windows.ts';

/** A rule file as data; the caller writes it as YAML. */
export interface RenderedFile {
  readonly groups: readonly RenderedGroup[];
}

interface RenderedGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly RenderedRule[];
}

export type RenderedRule =
  | { readonly record: string; readonly expr: string; readonly labels: Readonly<Record<string, string>> }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };

/** The names of the alerts, and how bad they are. */
const ALERTS = {
  page: { alert: 'ErrorBudgetBurnsFast', severity: 'critical' },
  ticket: { alert: 'ErrorBudgetBurnsSlowly', severity: 'warning' },
} as const;

/** Slots that an hour has. */
const SLOTS_PER_HOUR = 12;

/**
 * Recording rules, in the order in which they look at each other: slots of five minutes, slots of an hour made of those,
 * error ratios made of both. Plain Prometheus rules; every expression works on any Prometheus.
 */
export function renderRecordings(slos: readonly Slo[]): RenderedFile {
  return { groups: slos.flatMap((slo) => [fiveMinutes(slo), hours(slo), ratios(slo)]) };
}

/** Alerting rules on what `renderRecordings` records. */
export function renderAlerts(slos: readonly Slo[]): RenderedFile {
  const rules = (slo: Slo) => (['page', 'ticket'] as const).map((severity) => alert(slo, severity));
  return { groups: slos.map((slo) => ({ name: `slo-${slo.name}`, interval: '1m', rules: rules(slo) })) };
}

function fiveMinutes(slo: Slo): RenderedGroup {
  const { good, total } = slo;
  const excluded = exclusionExpression(slo.exclude);
  const unless = excluded === undefined ? '' : ` unless on () (${excluded})`;
  const total5m = increase(slo, total);
  return group(slo, '5m', [
    record(slo, 'slo:total:increase5m', `${total5m}${unless}`),
    // Good may seem to run ahead by a sample; less than nothing is not bad.
    record(slo, 'slo:bad:increase5m', `clamp_min(${total5m} - ${increase(slo, good)}, 0)${unless}`),
  ]);
}

function increase({ by }: Slo, selector: string): string {
  return `sum by (${by.join(', ')}) (increase(${parsed(selector)}[5m]))`;
}

function hours(slo: Slo): RenderedGroup {
  const { by } = slo;
  const over = (op: string, metric: string) => aggregated(by, `${op}(${own(slo, metric)}[1h])`);
  return group(slo, '1h', [
    record(slo, 'slo:total:increase1h', over('sum_over_time', 'slo:total:increase5m')),
    record(slo, 'slo:bad:increase1h', over('sum_over_time', 'slo:bad:increase5m')),
    record(slo, 'slo:data:slots1h', over('count_over_time', 'slo:bad:increase5m')),
  ]);
}

function ratios(slo: Slo): RenderedGroup {
  const { by, leastData, objective, periodMs } = slo;
  const windows = RATIO_WINDOWS.map(({ window, slot, slots }) => {
    const sum = (what: 'bad' | 'total') => `sum_over_time(${own(slo, `slo:${what}:increase${slot}`)}[${window}])`;
    const held =
      slot === '5m'
        ? `count_over_time(${own(slo, 'slo:bad:increase5m')}[${window}])`
        : `sum_over_time(${own(slo, 'slo:data:slots1h')}[${window}])`;
    const needed = Math.ceil(leastData * slots * (slot === '1h' ? SLOTS_PER_HOUR : 1));
    const ratio = `${aggregated(by, sum('bad'))} / (${aggregated(by, sum('total'))} > 0)`;
    return record(slo, `slo:error:ratio${window}`, `${ratio} and ${aggregated(by, held)} >= ${needed}`);
  });
  const period = `${periodMs / 3_600_000}h`;
  const spent = (what: 'bad' | 'total') =>
    aggregated(by, `sum_over_time(${own(slo, `slo:${what}:increase1h`)}[${period}])`);
  const left = `1 - ${spent('bad')} / (${spent('total')} > 0) / ${budgetOf(objective)}`;
  return group(slo, '1m', [...windows, record(slo, 'slo:error_budget:remaining_ratio', left)]);
}

function alert(slo: Slo, severity: BurnWindow['severity']): RenderedRule {
  const { name, description, objective, periodMs } = slo;
  const conditions = BURN_WINDOWS.filter((window) => window.severity === severity).map((window) => {
    const limit = Number((burnRate(window, periodMs) * budgetOf(objective)).toPrecision(6));
    const ratio = (of: string) => `${own(slo, `slo:error:ratio${of}`)} > ${limit}`;
    return `(${ratio(window.long)} and ${ratio(window.short)})`;
  });
  const { alert: alertName, severity: label } = ALERTS[severity];
  const where = slo.by.map((by) => ` of ${by} {{ $labels.${by} }}`).join('');
  const windows = BURN_WINDOWS.filter((window) => window.severity === severity)
    .map(({ budget, long }) => `${percent(budget)} within ${long}`)
    .join(' or ');
  return {
    alert: alertName,
    expr: conditions.join(' or '),
    labels: { severity: label, component: 'slo' },
    annotations: {
      nsmon_where: 'cloud',
      summary: `Objective ${name}${where} is being missed`,
      description:
        `${description} Of late {{ $value | humanizePercentage }} was bad; the objective of ${percent(objective)} allows ` +
        `${percent(budgetOf(objective))}. At this rate the error budget of ${periodMs / 86_400_000} days loses ${windows}.`,
      runbook_url: `docs/runbook.md#${alertName.toLowerCase()}`,
    },
  };
}

function budgetOf(objective: number): number {
  return Number((1 - objective).toPrecision(6));
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}

/** Recorded series carry the label `slo`; the aggregation drops it, so that the recording rule may set it again. */
function aggregated(by: readonly string[], expr: string): string {
  return `sum by (${by.join(', ')}) (${expr})`;
}

function own({ name }: Slo, metric: string): string {
  return `${metric}{slo="${name}"}`;
}

function record({ name }: Slo, metric: string, expr: string): RenderedRule {
  return { record: metric, expr, labels: { slo: name } };
}

function group({ name }: Slo, interval: string, rules: readonly RenderedRule[]): RenderedGroup {
  return { name: `slo-${name}-${interval}`, interval, rules };
}

/** As written, if it can be read at all: what is rendered must parse. */
function parsed(selector: string): string {
  parsePromql(selector);
  return selector;
}

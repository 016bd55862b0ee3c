import { formatDuration } from '../promql/durations.ts';
import { wrapText } from '../wrap-text.ts';
import type { Comparison } from './compare.ts';
import { pagesOf } from './compare.ts';
import { PRICES } from './costs.ts';
import type { Labelled } from './labelled.ts';
import type { ReplayReport, RuleReport } from './report.ts';

/** The report for people, 80 columns wide. */

const WIDTH = 80;
const DAY_MS = 86_400_000;

export function renderReport(report: ReplayReport): string {
  const parts = [
    headOf(report),
    rulesTable(report),
    quietRules(report),
    peopleTable(report),
    suppressedLines(report),
    costLines(report),
    report.labelled ? labelledTable(report.labelled) : [],
    notes(report),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headOf(report: ReplayReport): string[] {
  const { fromMs, toMs, rules, alerts, incidents } = report;
  const days = (toMs - fromMs) / DAY_MS;
  const evaluations = rules.reduce((sum, rule) => sum + rule.evaluations, 0);
  const pages = pagesOf(report);
  const aDay = days >= 1 ? `, ${number(pages / days)} a day` : '';
  return [
    `Replay of ${time(fromMs)} to ${time(toMs)} (${duration(toMs - fromMs)})`,
    `${count(rules.length, 'rule')}, ${count(evaluations, 'evaluation')}`,
    '',
    `${count(alerts.fired, 'alert')} became ${count(incidents.count, 'incident')}: ${count(pages, 'page')}${aDay}`,
  ];
}

function rulesTable({ rules }: ReplayReport): string[] {
  const fired = rules.filter((rule) => rule.fired > 0).sort((a, b) => b.fired - a.fired || (a.name < b.name ? -1 : 1));
  if (fired.length === 0) return [];
  const row = (name: string, times: string, total: string, longest: string): string =>
    `${cut(name, 42).padEnd(42)} ${times.padStart(9)} ${total.padStart(13)} ${longest.padStart(13)}`;
  return [
    row('Alerts by rule', 'fired', 'in all', 'longest'),
    rule(),
    ...fired.map((one) => row(one.name, grouped(one.fired), duration(one.firingMs), longestOf(one))),
  ];
}

function longestOf({ longestMs, stillFiring }: RuleReport): string {
  return `${stillFiring > 0 ? '> ' : ''}${duration(longestMs)}`;
}

function quietRules({ rules }: ReplayReport): string[] {
  const names = [...new Set(rules.filter(({ kind }) => kind === 'alerting').map(({ name }) => name))];
  const quiet = names.filter((name) => rules.every((one) => one.name !== name || one.fired === 0)).sort();
  return quiet.length === 0 ? [] : ['Never fired', rule(), ...wrapped(quiet.join(', '))];
}

function peopleTable({ addressees, notifications }: ReplayReport): string[] {
  if (addressees.length === 0) return ['Nobody was paged.'];
  const most = Math.max(1, ...addressees.flatMap(({ byHour }) => byHour));
  const lines = [
    `${'Pages by addressee'.padEnd(22)} ${'pages'.padStart(7)} ${'most/h'.padStart(7)}  hour of the day, UTC: 0 to 23`,
    rule(),
    ...addressees.map(({ address, pages, byHour, mostInAnHour }) => {
      const bars = byHour.map((pagesThen) => bar(pagesThen, most)).join('');
      const cells = `${cut(address, 22).padEnd(22)} ${grouped(pages).padStart(7)} ${grouped(mostInAnHour).padStart(7)}`;
      return `${cells}  ${bars}  max ${grouped(Math.max(...byHour))}`;
    }),
  ];
  const others = Object.entries(notifications).filter(([, one]) => one.others > 0);
  if (others.length > 0) {
    const told = others.map(([channel, one]) => `${channel} ${grouped(one.others)}`).join(', ');
    lines.push(...wrapped(`Other messages (acknowledged, resolved, heartbeats): ${told}`));
  }
  return lines;
}

const BARS = ' ▁▂▃▄▅▆▇█';

function bar(value: number, most: number): string {
  if (value === 0) return '·';
  return BARS[Math.max(1, Math.ceil((value / most) * (BARS.length - 1)))] ?? '█';
}

function suppressedLines({ incidents, suppressed }: ReplayReport): string[] {
  const line = (what: string, alerts: number, neverTold?: number): string => {
    const never = neverTold === undefined ? '' : `   never told: ${grouped(neverTold)}`;
    return `${what.padEnd(42)} ${grouped(alerts).padStart(9)}${never}`;
  };
  return [
    'Kept from people',
    rule(),
    line('joined an incident that was open', incidents.grouped),
    line('inhibited by another alert', suppressed.inhibited.alerts, suppressed.inhibited.neverTold),
    line('silenced', suppressed.silenced.alerts, suppressed.silenced.neverTold),
    line('muted by a time interval', suppressed.muted.alerts, suppressed.muted.neverTold),
  ];
}

function costLines({ costs }: ReplayReport): string[] {
  const line = (what: string, amount: string, usd: number): string =>
    `${what.padEnd(42)} ${amount.padStart(11)} ${usd.toFixed(4).padStart(13)}`;
  const unpriced = Object.entries(costs.unpriced).map(([channel, sent]) => `${channel} ${grouped(sent)}`);
  return [
    `${`Cost in USD (${PRICES.region}, prices of ${PRICES.asOf})`.padEnd(42)} ${'count'.padStart(11)} ${'USD'.padStart(13)}`,
    rule(),
    ...costs.lines.map(({ what, count: amount, usd }) => line(what, grouped(amount), usd)),
    line('in all', '', costs.usd),
    ...(unpriced.length > 0 ? wrapped(`Not in it, paid elsewhere or not priced: ${unpriced.join(', ')}`) : []),
  ];
}

function labelledTable(labelled: Labelled): string[] {
  const row = (name: string, by: string, after: string, lead: string, paged: string): string =>
    `${cut(name, 24).padEnd(24)} ${cut(by, 23).padEnd(23)} ${after.padStart(9)} ${lead.padStart(10)} ${paged.padStart(9)}`;
  const { incidents, caught, falseAlarms, falseAlarmsPerDay, precision, recall } = labelled;
  return [
    row('Incidents', 'caught by', 'after', 'before end', 'paged'),
    rule(),
    ...incidents.map(({ name, caughtBy, delayMs, leadMs, pagedAfterMs }) =>
      row(name, caughtBy ?? 'MISSED', signed(delayMs), signed(leadMs), signed(pagedAfterMs)),
    ),
    `${caught} of ${incidents.length} caught (recall ${share(recall)}), precision ${share(precision)}, ` +
      `${count(falseAlarms, 'false alarm')}, ${number(falseAlarmsPerDay)} a day`,
    '',
    `${'Rule'.padEnd(42)} ${'alerts'.padStart(9)} ${'right'.padStart(9)} ${'incidents'.padStart(9)}`,
    rule(),
    ...labelled.rules.map(
      ({ rule: name, fired, right, incidents: told }) =>
        `${cut(name, 42).padEnd(42)} ${grouped(fired).padStart(9)} ${share(right / fired).padStart(9)} ${grouped(told).padStart(9)}`,
    ),
  ];
}

function notes({ rules, loop, problems }: ReplayReport): string[] {
  const lines: string[] = [];
  if (loop !== undefined)
    lines.push(...wrapped(`${loop} reads what a later rule, or itself, records: slow, not wrong.`));
  for (const { name, steppedBecause } of rules) {
    if (steppedBecause !== undefined) lines.push(...wrapped(`${name}: one step at a time (${steppedBecause}).`));
  }
  for (const { name, errors, lastError = '' } of rules) {
    if (errors > 0) lines.push(...wrapped(`${name}: ${count(errors, 'evaluation')} failed: ${lastError}`));
  }
  for (const [problem, times] of Object.entries(problems)) lines.push(...wrapped(`${grouped(times)} x ${problem}`));
  return lines.length === 0 ? [] : ['Notes', rule(), ...lines];
}

export function renderComparison({ figures, rules, lostIncidents, wonIncidents }: Comparison): string {
  const row = (what: string, before: string, after: string, change: string): string =>
    `${cut(what, 42).padEnd(42)} ${before.padStart(11)} ${after.padStart(11)} ${change.padStart(11)}`;
  const change = (before: number, after: number): string =>
    after > before ? `+${number(after - before)}` : number(after - before);
  const lines = [
    row('Compared', 'before', 'after', 'change'),
    rule(),
    ...figures.map(({ what, before, after }) => row(what, number(before), number(after), change(before, after))),
  ];
  if (rules.length > 0) {
    lines.push('', row('Rules whose alerts differ', 'before', 'after', 'change'), rule());
    for (const { name, before, after } of rules) {
      const cells = [before, after].map((value) => (value === undefined ? 'no rule' : grouped(value))) as [
        string,
        string,
      ];
      lines.push(row(name, ...cells, change(before ?? 0, after ?? 0)));
    }
  }
  if (lostIncidents.length > 0) lines.push('', ...wrapped(`LOST: ${lostIncidents.join(', ')} would be missed`));
  if (wonIncidents.length > 0) lines.push('', ...wrapped(`Won: ${wonIncidents.join(', ')} would be caught`));
  return `${lines.join('\n')}\n`;
}

function wrapped(text: string): string[] {
  return wrapText(text, WIDTH);
}

function rule(): string {
  return '─'.repeat(WIDTH);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function number(value: number): string {
  if (Math.abs(value) < 0.005) return '0';
  return Number.isInteger(value) ? (value < 0 ? `-${grouped(-value)}` : grouped(value)) : value.toFixed(2);
}

function count(value: number, what: string): string {
  return `${grouped(value)} ${what}${value === 1 ? '' : 's'}`;
}

function share(value: number | undefined): string {
  return value === undefined ? '-' : `${(value * 100).toFixed(0)} %`;
}

/** To the second, or to the two largest units. */
function duration(ms: number): string {
  const text = formatDuration(Math.round(ms / 1000) * 1000);
  return (
    text
      .match(/\d+[a-z]+/g)
      ?.slice(0, 2)
      .join(' ') ?? text
  );
}

function signed(ms: number | undefined): string {
  if (ms === undefined) return '-';
  return ms < 0 ? `-${duration(-ms)}` : duration(ms);
}

function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

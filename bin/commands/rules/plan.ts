import { PRICES } from '../../../core/costs/prices.ts';
import { type Fleet, type RuleCost, type RuleCosts, ruleCosts } from '../../../core/costs/rule-costs.ts';
import { parseRuleFile, RuleFileError } from '../../../core/rules/index.ts';
import { UserError } from '../../../core/user-error.ts';
import { wrapText } from '../../../core/wrap-text.ts';
import { readFile } from './surroundings.ts';

export interface PlanOptions {
  readonly json: boolean;
  /** As written. */
  readonly devices: string | undefined;
  readonly channels: string | undefined;
  readonly sites: string | undefined;
}

const WIDTH = 80;

/** Where each rule runs, why, and what it costs a month. @returns the exit code */
export function planFiles(files: readonly string[], { json, ...counts }: PlanOptions): number {
  const fleet: Fleet = {
    devices: countOf('devices', counts.devices, 100),
    channels: countOf('channels', counts.channels, 16),
    sites: countOf('sites', counts.sites, 5),
  };
  const read = files.map(readFile).map(({ file, text }) => {
    try {
      return { file, groups: parseRuleFile(text, file) };
    } catch (error) {
      if (!(error instanceof RuleFileError)) throw error;
      process.stdout.write(`${error.message}\n`);
      return undefined;
    }
  });
  const good = read.filter((one) => one !== undefined);
  const costs = ruleCosts(
    good.flatMap(({ groups }) => groups),
    fleet,
  );
  if (json) process.stdout.write(`${JSON.stringify(asJson(costs, fleet), undefined, 2)}\n`);
  else {
    for (const { file, groups } of good) {
      const rules = new Set(groups.flatMap((group) => group.rules));
      process.stdout.write(`${file}\n`);
      for (const cost of costs.rules.filter(({ rule }) => rules.has(rule))) process.stdout.write(`${line(cost)}\n`);
    }
    process.stdout.write(`\n${summary(costs)}\n`);
  }
  return good.length === read.length ? 0 : 1;
}

function countOf(option: string, text: string | undefined, fallback: number): number {
  const count = text === undefined ? fallback : Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new UserError(`--${option} is ${JSON.stringify(text)}; it must be a whole number from 1`);
}

const totalOf = ({ writes, reads, lambda }: RuleCost): number => writes + reads + lambda;

function line(cost: RuleCost): string {
  const { rule, plan } = cost;
  const total = totalOf(cost);
  const parts =
    total === 0
      ? []
      : [`${cost.series} series: writes ${usd(cost.writes)}, reads ${usd(cost.reads)}, Lambda ${usd(cost.lambda)}`];
  const head = `  ${plan.where.padEnd(5)} ${usd(total).padStart(8)}  ${rule.name}`;
  return [head, ...[plan.why, ...parts].flatMap((text) => wrapText(text, WIDTH, ' '.repeat(18)))].join('\n');
}

function summary(costs: RuleCosts): string {
  const cloud = costs.rules.filter(({ plan }) => plan.where === 'cloud');
  const rules = costs.rules.reduce((sum, cost) => sum + totalOf(cost), 0);
  const rows: readonly (readonly [amount: number, what: string])[] = [
    [rules, `${cloud.length} rules of the cloud; ${costs.rules.length - cloud.length} of the edge cost nothing there`],
    [costs.evaluation, 'evaluate-rules once a minute, whichever rules there are'],
    [costs.reports, 'alert reports of the agents, whichever rules there are'],
    [rules + costs.evaluation + costs.reports, 'a month'],
  ];
  const sources = new Set(Object.values(PRICES).map(({ source, asOf }) => `${source} (${asOf})`));
  const used = [...sources].filter((source) => /iot|lambda|dynamo/.test(source));
  return [
    ...rows.map(([amount, what]) => `${usd(amount).padStart(10)}  ${what}`),
    '',
    'Assumed:',
    ...costs.assumptions.flatMap((text) => wrapText(text, WIDTH, '  - ', '    ')),
    ...wrapText(`prices: ${used.join(', ')}`, WIDTH, '  - ', '    '),
  ].join('\n');
}

function usd(amount: number): string {
  return amount > 0 && amount < 0.005 ? '<$0.01' : `$${amount.toFixed(2)}`;
}

function asJson(costs: RuleCosts, fleet: Fleet) {
  const rules = costs.rules.map(({ rule, plan, ...cost }) => ({
    rule: rule.name,
    ...plan,
    ...cost,
    usdPerMonth: cost.writes + cost.reads + cost.lambda,
  }));
  return {
    fleet,
    rules,
    evaluation: costs.evaluation,
    reports: costs.reports,
    assumptions: costs.assumptions,
    prices: PRICES,
  };
}

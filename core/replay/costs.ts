import type { Channel } from '../escalation/policy.ts';
import type { Journal } from './journal.ts';

/** AWS list prices, us-east-1, in USD; compiled on the date. Free tiers are not taken off: an account has one of each. */
export const PRICES = {
  asOf: '2026-11-23',
  region: 'us-east-1',
  iotRulePerMillion: 0.15,
  iotActionPerMillion: 0.15,
  lambdaRequestPerMillion: 0.2,
  lambdaGBSecond: 1.33334e-5,
  dynamoWritePerMillion: 0.625,
  dynamoReadPerMillion: 0.125,
  stepTransitionPerThousand: 0.025,
  snsPublishPerMillion: 0.5,
  snsEmailPer100k: 2,
} as const;

/** One call of an alerting function: 512 MB for 100 ms. */
const LAMBDA_GB_SECONDS = 0.5 * 0.1;
/** A group record with its log: units of 1 KB to write, of 4 KB to read. */
const WRITE_UNITS = 6;
const READ_UNITS = 2;

export interface CostLine {
  readonly what: string;
  readonly count: number;
  readonly usd: number;
}

export interface Costs {
  readonly lines: readonly CostLine[];
  readonly usd: number;
  /** Notifications whose price is none of AWS's, or not known here, by channel. */
  readonly unpriced: Readonly<Partial<Record<Channel, number>>>;
}

/** What the alerts and their notifications cost on AWS. What evaluating the rules costs, `nsmon rules plan` says. */
export function costsOf({ firings, notifications, work }: Journal): Costs {
  const changes = firings.reduce((sum, { toMs }) => sum + (toMs === undefined ? 1 : 2), 0);
  const calls = changes + work.decisions + work.waits + work.notifies;
  // Begin and Done of an execution; Decide and its choice; Notify and each Send; Wait.
  const rounds = new Set(notifications.map(({ groupId, atMs }) => `${groupId} ${atMs}`)).size;
  const transitions = 2 * work.executions + 2 * work.decisions + rounds + work.notifies + work.waits;
  const byChannel = new Map<Channel, number>();
  for (const { channel } of notifications) byChannel.set(channel, (byChannel.get(channel) ?? 0) + 1);
  const sns = byChannel.get('sns') ?? 0;
  const line = (what: string, count: number, usdEach: number): CostLine => ({ what, count, usd: count * usdEach });
  const lines = [
    line(
      'reports of alerts (IoT rule and action)',
      changes,
      (PRICES.iotRulePerMillion + PRICES.iotActionPerMillion) / 1e6,
    ),
    line('Lambda calls', calls, PRICES.lambdaRequestPerMillion / 1e6 + LAMBDA_GB_SECONDS * PRICES.lambdaGBSecond),
    line(
      'DynamoDB reads and writes of groups',
      work.records,
      (WRITE_UNITS * PRICES.dynamoWritePerMillion + READ_UNITS * PRICES.dynamoReadPerMillion) / 1e6,
    ),
    line('Step Functions transitions', transitions, PRICES.stepTransitionPerThousand / 1000),
    line('SNS messages, one e-mail each', sns, PRICES.snsPublishPerMillion / 1e6 + PRICES.snsEmailPer100k / 1e5),
  ];
  const others = [...byChannel].filter(([channel]) => channel !== 'sns').sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    lines,
    usd: lines.reduce((sum, { usd }) => sum + usd, 0),
    unpriced: Object.fromEntries(others),
  };
}

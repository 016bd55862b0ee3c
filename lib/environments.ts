import { UserError } from '../core/user-error.ts';

export type EnvironmentName = 'dev' | 'staging' | 'prod';
export type MetricStoreKind = 'timestream' | 'prometheus';

/** What differs between environments. What is the same everywhere stands beside the resource it belongs to. */
export interface Environment {
  readonly name: EnvironmentName;
  /** Timestream where the account may use it (accounts that did before 2025-06-20), else `prometheus`. */
  readonly metricStore: MetricStoreKind;
  /** Data outlives the stack, and the stack is protected from deletion. */
  readonly keepsData: boolean;
  readonly logRetentionDays: number;
  /**
   * Timestream refuses points older than its memory store reaches, and they go to the archive in S3. Memory is its
   * dearest part, raw points ten times as many as roll-ups: so an outage of a day still leaves its minutes on the charts.
   */
  readonly rawMemoryHours: number;
  readonly rollupMemoryHours: number;
  readonly rawRetentionDays: number;
  readonly rollupRetentionDays: number;
  readonly archiveRetentionDays: number;
  /**
   * Where data is kept: so long nobody, not even the account's owner, can delete an anchor of the audit trail. Entries and
   * anchors never expire by themselves. Set it to what the study's protocol asks for before the first deployment: what is
   * locked stays locked.
   */
  readonly auditLockDays: number;
  /** Shards of the metric stream, or on demand. One shard takes 1,000 messages and 1 MB a second: 10,000 devices at one message every 10 s. */
  readonly streamShards: number | 'on-demand';
  /** Store acknowledgements of one thing are gathered for so long. An agent keeps on disk what is not acknowledged. */
  readonly ackIntervalSeconds: number;
  /** The agent publishes a batch so often (live mode: every second). */
  readonly publishIntervalSeconds: number;
  /** The agent re-sends its alerts so often; one that missed three reports is silent, and its alerts are unknown. */
  readonly reportIntervalSeconds: number;
  /** E-mail addresses that hear of a broken pipeline. */
  readonly alarmRecipients: readonly string[];
  /** E-mail addresses behind the escalation channel `sns`. */
  readonly notificationRecipients: readonly string[];
  /** Who e-mail of the channel `email` is from; SES must have verified the address or its domain. Absent: none is sent. */
  readonly emailSender?: string;
  /** Where the runbook is read: a relative `runbook_url` of a rule, `docs/runbook.md#...`, is relative to this. */
  readonly runbookBaseUrl: string;
  /** Where the watcher of alerting runs: another region than everything else. */
  readonly watcherRegion: string;
  /** E-mail addresses that hear from the watcher: people whom the first way does not reach, or mailboxes elsewhere. */
  readonly watcherRecipients: readonly string[];
  /** No heartbeat for so long is an alarm. One comes a minute, so that two must be missing. */
  readonly heartbeatSilenceSeconds: number;
  /** Display name of the Identity Center group that administers Grafana. It must exist before the dashboards stack. */
  readonly grafanaAdminGroup: string;
}

const dev: Environment = {
  name: 'dev',
  metricStore: 'timestream',
  keepsData: false,
  logRetentionDays: 7,
  rawMemoryHours: 6,
  rollupMemoryHours: 24,
  rawRetentionDays: 7,
  rollupRetentionDays: 30,
  archiveRetentionDays: 30,
  auditLockDays: 730,
  streamShards: 1,
  ackIntervalSeconds: 60,
  publishIntervalSeconds: 10,
  reportIntervalSeconds: 30,
  alarmRecipients: [],
  notificationRecipients: [],
  runbookBaseUrl: 'https://github.com/neurascale/neurascale-monitor/blob/main/',
  watcherRegion: 'eu-west-1',
  watcherRecipients: [],
  heartbeatSilenceSeconds: 120,
  grafanaAdminGroup: 'neurascale-monitor-admins',
};

const staging: Environment = { ...dev, name: 'staging', logRetentionDays: 30, archiveRetentionDays: 90 };

const prod: Environment = {
  ...staging,
  name: 'prod',
  keepsData: true,
  logRetentionDays: 90,
  rollupRetentionDays: 400,
  archiveRetentionDays: 400,
  streamShards: 'on-demand',
};

export const environments: Readonly<Record<EnvironmentName, Environment>> = { dev, staging, prod };
/** Longer than this the agent refuses: nobody should wait two minutes to learn that it is silent. */
const MOST_REPORT_SECONDS = 30;
const EMAIL_ADDRESS = /^[^@\s]+@[^@\s]+$/;
const METRIC_STORES: readonly MetricStoreKind[] = ['timestream', 'prometheus'];

/** What one synthesis makes: an environment, as the command line changed it. */
export interface Settings {
  readonly environment: Environment;
  /** Directory of the rule files that go into the functions and the agent. */
  readonly rulesDir: string;
  /** Runs cdk-nag as well; it costs a second. */
  readonly strict: boolean;
}

/**
 * Reads `-c env=`, `-c metricStore=`, `-c rules=`, `-c checks=strict`, `-c ackIntervalSeconds=`,
 * `-c reportIntervalSeconds=`, `-c alarmRecipients=a@x,b@x`, `-c notificationRecipients=`, `-c emailSender=`,
 * `-c runbookBaseUrl=`, `-c watcherRegion=`, `-c watcherRecipients=`, `-c heartbeatSilenceSeconds=` and
 * `-c grafanaAdminGroup=`.
 * @param context looks a context key up; undefined when it is not given
 * @throws UserError naming every wrong value and what is allowed
 */
export function readSettings(context: (key: string) => unknown): Settings {
  const problems: string[] = [];
  const oneOf = <T extends string>(key: string, allowed: readonly T[], otherwise: T): T => {
    const value = context(key) ?? otherwise;
    const found = allowed.find((candidate) => candidate === value);
    if (!found)
      problems.push(
        `-c ${key}=${typeof value === 'string' ? value : JSON.stringify(value)} is unknown; allowed are ${allowed.join(', ')}`,
      );
    return found ?? otherwise;
  };
  const text = (key: string, otherwise: string): string => {
    const value = context(key) ?? otherwise;
    if (typeof value === 'string' && value !== '') return value;
    problems.push(`-c ${key}=${JSON.stringify(value)} must be text that is not empty`);
    return otherwise;
  };
  const addresses = (key: string, otherwise: readonly string[]): readonly string[] => {
    if (context(key) === undefined) return otherwise;
    const list = text(key, '').split(',');
    for (const address of list) {
      if (!EMAIL_ADDRESS.test(address)) {
        problems.push(
          `-c ${key}: ${JSON.stringify(address)} is no e-mail address; give them as a@example.org,b@example.org`,
        );
      }
    }
    return list;
  };

  const sender = (otherwise: string | undefined): Pick<Environment, 'emailSender'> => {
    const emailSender = context('emailSender') === undefined ? otherwise : text('emailSender', '');
    if (emailSender === undefined) return {};
    if (!EMAIL_ADDRESS.test(emailSender)) {
      problems.push(
        `-c emailSender=${JSON.stringify(emailSender)} is no e-mail address; give it as monitor@example.org`,
      );
    }
    return { emailSender };
  };
  const baseUrl = (key: string, otherwise: string): string => {
    const value = text(key, otherwise);
    const isRight = /^https?:\/\//.test(value) && URL.canParse(value) && value.endsWith('/');
    if (!isRight)
      problems.push(`-c ${key}=${value} must be an address that ends with /, like https://docs.example.org/`);
    return value;
  };

  const seconds = (key: string, otherwise: number, most: number): number => {
    const value = Number(context(key) ?? otherwise);
    if (value > 0 && value <= most) return value;
    problems.push(`-c ${key}=${JSON.stringify(context(key))} must be a number of seconds above 0, at most ${most}`);
    return otherwise;
  };

  const chosen = environments[oneOf('env', ['dev', 'staging', 'prod'], 'dev')];
  const settings: Settings = {
    environment: {
      ...chosen,
      metricStore: oneOf('metricStore', METRIC_STORES, chosen.metricStore),
      ackIntervalSeconds: seconds('ackIntervalSeconds', chosen.ackIntervalSeconds, 600),
      reportIntervalSeconds: seconds('reportIntervalSeconds', chosen.reportIntervalSeconds, MOST_REPORT_SECONDS),
      alarmRecipients: addresses('alarmRecipients', chosen.alarmRecipients),
      notificationRecipients: addresses('notificationRecipients', chosen.notificationRecipients),
      ...sender(chosen.emailSender),
      runbookBaseUrl: baseUrl('runbookBaseUrl', chosen.runbookBaseUrl),
      watcherRegion: text('watcherRegion', chosen.watcherRegion),
      watcherRecipients: addresses('watcherRecipients', chosen.watcherRecipients),
      heartbeatSilenceSeconds: seconds('heartbeatSilenceSeconds', chosen.heartbeatSilenceSeconds, 3600),
      grafanaAdminGroup: text('grafanaAdminGroup', chosen.grafanaAdminGroup),
    },
    rulesDir: text('rules', 'rules'),
    strict: oneOf('checks', ['strict', 'default'], 'default') === 'strict',
  };
  if (problems.length > 0) throw new UserError(problems.join('; '));
  return settings;
}

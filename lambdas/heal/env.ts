import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `heal`: what lib/ sets and the handler reads.
 * Permissions: read and write the alerts table; `states:StartExecution` and `states:SendTaskSuccess` on the machine;
 * `iot:Publish` on the commands of every thing and, to re-drive, on the metrics rule; read and delete what is parked.
 */
export interface HealEnv {
  readonly ALERTS_TABLE: string;
  /** The escalation state machine. */
  readonly STATE_MACHINE_ARN: string;
  /** Folder beside the bundled handler that holds healing.yaml, relative to it: `rules`. */
  readonly RULES_DIRECTORY: string;
  /** Commands go to `<prefix>/<thing>/commands`. */
  readonly COMMAND_TOPIC_PREFIX: string;
  /** Parked messages are handed over again on `<this>/bci/<thing>/metrics`: `$aws/rules/nsmon_dev_metrics`. */
  readonly METRICS_RULE_TOPIC: string;
  /** Where `ingest` parks what it cannot read. */
  readonly ARCHIVE_BUCKET: string;
  /** CloudWatch namespace of the fleet's key figures. */
  readonly KPI_NAMESPACE: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing */
export function readEnv(env: NodeJS.ProcessEnv): HealEnv {
  return readSettings(env, (text) => ({
    ALERTS_TABLE: text('ALERTS_TABLE'),
    STATE_MACHINE_ARN: text('STATE_MACHINE_ARN'),
    RULES_DIRECTORY: text('RULES_DIRECTORY'),
    COMMAND_TOPIC_PREFIX: text('COMMAND_TOPIC_PREFIX'),
    METRICS_RULE_TOPIC: text('METRICS_RULE_TOPIC'),
    ARCHIVE_BUCKET: text('ARCHIVE_BUCKET'),
    KPI_NAMESPACE: text('KPI_NAMESPACE'),
    ENVIRONMENT: text('ENVIRONMENT'),
  }));
}

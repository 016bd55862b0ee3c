import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `evaluate-rules`: what lib/ sets and the handler reads.
 * Permissions: read and write the alerts table, read the rule window; `states:StartExecution` and
 * `states:SendTaskSuccess` on the machine; `iot:DescribeThing`.
 */
export interface EvaluateRulesEnv {
  readonly ALERTS_TABLE: string;
  readonly RULE_WINDOW_TABLE: string;
  /** The escalation state machine. */
  readonly STATE_MACHINE_ARN: string;
  /** Alerts are offered to healing on `<this>/<sender>/healing`: `$aws/rules/nsmon_dev_healing/alerting`. */
  readonly HEALING_TOPIC: string;
  /** Folder beside the bundled handler, relative to it: `rules`. Holds routing.yaml, alerts/ and recording/. */
  readonly RULES_DIRECTORY: string;
  /** How long a sender is believed without another report, seconds. */
  readonly LEASE_SECONDS: string;
  /** CloudWatch namespace of the fleet's key figures. */
  readonly KPI_NAMESPACE: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing or wrong */
export function readEnv(env: NodeJS.ProcessEnv): EvaluateRulesEnv {
  return readSettings(env, (text, _problems, seconds) => ({
    ALERTS_TABLE: text('ALERTS_TABLE'),
    RULE_WINDOW_TABLE: text('RULE_WINDOW_TABLE'),
    STATE_MACHINE_ARN: text('STATE_MACHINE_ARN'),
    HEALING_TOPIC: text('HEALING_TOPIC'),
    RULES_DIRECTORY: text('RULES_DIRECTORY'),
    LEASE_SECONDS: seconds('LEASE_SECONDS'),
    KPI_NAMESPACE: text('KPI_NAMESPACE'),
    ENVIRONMENT: text('ENVIRONMENT'),
  }));
}

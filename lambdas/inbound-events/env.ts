import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `inbound-events`: what lib/ sets and the handler reads.
 * Permissions: read and write the alerts table; read the secret; `states:SendTaskSuccess` on the machine. Its function
 * URL has auth type NONE: the signatures of PagerDuty and Slack are the authorisation. Slack waits 3 s, PagerDuty 5 s.
 */
export interface InboundEventsEnv {
  readonly ALERTS_TABLE: string;
  /** Name or ARN of the secret with `pagerduty.webhookSecrets` and `slack.signingSecret`. */
  readonly CHANNELS_SECRET: string;
  /** What a relative `runbook_url` is relative to. */
  readonly RUNBOOK_BASE_URL: string;
  /** CloudWatch namespace of the fleet's key figures. */
  readonly KPI_NAMESPACE: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing */
export function readEnv(env: NodeJS.ProcessEnv): InboundEventsEnv {
  return readSettings(env, (text) => ({
    ALERTS_TABLE: text('ALERTS_TABLE'),
    CHANNELS_SECRET: text('CHANNELS_SECRET'),
    RUNBOOK_BASE_URL: text('RUNBOOK_BASE_URL'),
    KPI_NAMESPACE: text('KPI_NAMESPACE'),
    ENVIRONMENT: text('ENVIRONMENT'),
  }));
}

import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `escalation-notify`: what lib/ sets and the handler reads.
 * Permissions: read and write the alerts table; `sns:Publish` on the topic and to telephones; `ses:SendEmail` as the
 * sender; read the secret. Its timeout must exceed
 * the 5 s a channel may take to answer: 15 s.
 */
export interface EscalationNotifyEnv {
  readonly ALERTS_TABLE: string;
  /** Name or ARN of the secret with the channels' addresses and keys. */
  readonly CHANNELS_SECRET: string;
  /** The topic behind the channel `sns`. */
  readonly SNS_TOPIC_ARN: string;
  /** The function URL of `acknowledge`. */
  readonly ACKNOWLEDGE_URL: string;
  /** Who e-mail is from; absent: none is sent. */
  readonly EMAIL_SENDER: string | undefined;
  /** What a relative `runbook_url` is relative to. */
  readonly RUNBOOK_BASE_URL: string;
  /** CloudWatch namespace of the fleet's key figures. */
  readonly KPI_NAMESPACE: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing */
export function readEnv(env: NodeJS.ProcessEnv): EscalationNotifyEnv {
  return readSettings(env, (text) => ({
    ALERTS_TABLE: text('ALERTS_TABLE'),
    CHANNELS_SECRET: text('CHANNELS_SECRET'),
    SNS_TOPIC_ARN: text('SNS_TOPIC_ARN'),
    ACKNOWLEDGE_URL: text('ACKNOWLEDGE_URL'),
    EMAIL_SENDER: env.EMAIL_SENDER || undefined,
    RUNBOOK_BASE_URL: text('RUNBOOK_BASE_URL'),
    KPI_NAMESPACE: text('KPI_NAMESPACE'),
    ENVIRONMENT: text('ENVIRONMENT'),
  }));
}

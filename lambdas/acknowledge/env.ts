import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `acknowledge`: what lib/ sets and the handler reads.
 * Permissions: read and write the alerts table; read the secret; `states:SendTaskSuccess` on the machine. Its function
 * URL has auth type NONE: the signature in the link is the authorisation.
 */
export interface AcknowledgeEnv {
  readonly ALERTS_TABLE: string;
  /** Name or ARN of the secret that holds `acknowledge.signingKey`. */
  readonly CHANNELS_SECRET: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing */
export function readEnv(env: NodeJS.ProcessEnv): AcknowledgeEnv {
  return readSettings(env, (text) => ({
    ALERTS_TABLE: text('ALERTS_TABLE'),
    CHANNELS_SECRET: text('CHANNELS_SECRET'),
    ENVIRONMENT: text('ENVIRONMENT'),
  }));
}

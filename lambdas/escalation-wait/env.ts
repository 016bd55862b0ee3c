import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `escalation-wait`: what lib/ sets and the handler reads.
 * Permissions: read and write the alerts table; `states:SendTaskSuccess` on `*` or on the machine by its name (the
 * machine names this function, so its ARN as a reference would be a circle).
 */
export interface EscalationWaitEnv {
  readonly ALERTS_TABLE: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing */
export function readEnv(env: NodeJS.ProcessEnv): EscalationWaitEnv {
  return readSettings(env, (text) => ({
    ALERTS_TABLE: text('ALERTS_TABLE'),
    ENVIRONMENT: text('ENVIRONMENT'),
  }));
}

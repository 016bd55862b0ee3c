import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `escalation-decide`: what lib/ sets and the handler reads.
 * Permissions: read and write the alerts table.
 */
export interface EscalationDecideEnv {
  readonly ALERTS_TABLE: string;
  /** Folder beside the bundled handler, relative to it: `rules`. Holds routing.yaml and escalation.yaml. */
  readonly RULES_DIRECTORY: string;
  /** CloudWatch namespace of the fleet's key figures. */
  readonly KPI_NAMESPACE: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing */
export function readEnv(env: NodeJS.ProcessEnv): EscalationDecideEnv {
  return readSettings(env, (text) => ({
    ALERTS_TABLE: text('ALERTS_TABLE'),
    RULES_DIRECTORY: text('RULES_DIRECTORY'),
    KPI_NAMESPACE: text('KPI_NAMESPACE'),
    ENVIRONMENT: text('ENVIRONMENT'),
  }));
}

/** Where an agent of one environment publishes and listens. IoT policies allow a certificate exactly these. */
export interface Topics {
  readonly metrics: string;
  readonly alerts: string;
  /** What became of commands to heal. */
  readonly healing: string;
  readonly acknowledgements: string;
  readonly commands: string;
}

/**
 * Basic Ingest topics (`$aws/rules/<rule>/...`) go straight to their rule: nobody pays for a broker message, and nobody
 * can subscribe to them.
 */
export function topicsOf(environment: string, thing: string): Topics {
  return {
    metrics: `$aws/rules/nsmon_${environment}_metrics/bci/${thing}/metrics`,
    alerts: `$aws/rules/nsmon_${environment}_alerts/bci/${thing}/alerts`,
    healing: `$aws/rules/nsmon_${environment}_healing/bci/${thing}/healing`,
    acknowledgements: `nsmon/${environment}/${thing}/ack`,
    commands: `nsmon/${environment}/${thing}/commands`,
  };
}

import type { EnvironmentName } from './environments.ts';

/** CloudWatch namespace of the fleet's key figures and of what the functions count about themselves. */
export const KPI_NAMESPACE = 'NeuraScaleMonitor';

/** Names that devices, operators or another stack know by heart. What nobody types is named by CloudFormation. */
export function namesOf(environment: EnvironmentName) {
  return {
    /** Basic Ingest topics are `$aws/rules/<rule>/bci/<thing>/...`. */
    metricsRule: `nsmon_${environment}_metrics`,
    alertsRule: `nsmon_${environment}_alerts`,
    /** Cloud to thing: `<prefix>/<thing>/ack`, `<prefix>/<thing>/commands`. */
    topicPrefix: `nsmon/${environment}`,
    database: `nsmon_${environment}`,
    metricsTable: 'metrics',
    rollupTable: 'metrics_1m',
    escalation: `nsmon-${environment}-escalation`,
    channelsSecret: `nsmon/${environment}/channels`,
    thingGroup: `nsmon-${environment}-edge`,
    function: (name: string) => `nsmon-${environment}-${name}`,
    stack: (name: string) => `nsmon-${environment}-${name}`,
  };
}

export type Names = ReturnType<typeof namesOf>;

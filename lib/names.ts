import type { EnvironmentName } from './environments.ts';

/** CloudWatch namespace of the fleet's key figures and of what the functions count about themselves. */
export const KPI_NAMESPACE = 'NeuraScaleMonitor';

/** Names that devices, operators or another stack know by heart. What nobody types is named by CloudFormation. */
export function namesOf(environment: EnvironmentName) {
  return {
    /** Basic Ingest topics are `$aws/rules/<rule>/bci/<thing>/...`. */
    metricsRule: `nsmon_${environment}_metrics`,
    alertsRule: `nsmon_${environment}_alerts`,
    healingRule: `nsmon_${environment}_healing`,
    /** Cloud to thing: `<prefix>/<thing>/ack`, `<prefix>/<thing>/commands`. */
    topicPrefix: `nsmon/${environment}`,
    database: `nsmon_${environment}`,
    metricsTable: 'metrics',
    rollupTable: 'metrics_1m',
    escalation: `nsmon-${environment}-escalation`,
    channelsSecret: `nsmon/${environment}/channels`,
    /** In the watcher's region. */
    watcherSecret: `nsmon/${environment}/watcher`,
    /** Things that run the edge agent: the target of its deployments. */
    thingGroup: `nsmon-${environment}-edge`,
    thingType: `nsmon-${environment}-agent`,
    /** IoT policies: of an agent, of a Greengrass core (in addition), of the claim certificate. */
    agentPolicy: `nsmon-${environment}-agent`,
    corePolicy: `nsmon-${environment}-core`,
    claimPolicy: `nsmon-${environment}-claim`,
    /** Provisioning templates: for a device with the claim certificate, and for one that has its own. */
    claimTemplate: `nsmon-${environment}-claim`,
    rotationTemplate: `nsmon-${environment}-rotate`,
    roleAlias: `nsmon-${environment}-edge`,
    grafana: `nsmon-${environment}`,
    function: (name: string) => `nsmon-${environment}-${name}`,
    stack: (name: string) => `nsmon-${environment}-${name}`,
  };
}

export type Names = ReturnType<typeof namesOf>;

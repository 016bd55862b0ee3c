import type { Provision } from './provision.ts';

export type { DataSource, Provision } from './provision.ts';

/**
 * The contract with lib/. This function reads no environment: what to provision comes with each event, as the
 * properties of the custom resource. `Provision` is one JSON text, because CloudFormation turns every number and
 * boolean of a property into text.
 */
export interface ProvisionProperties {
  readonly Provision: string;
}

/** @throws Error naming everything that is missing */
export function readProperties({ Provision }: Partial<ProvisionProperties>): Provision {
  if (!Provision) throw new Error('the custom resource has no property Provision; it is set by the CDK app in lib/');
  const wanted = JSON.parse(Provision) as Partial<Provision>;
  const needed = ['workspaceId', 'endpoint', 'adminGroup', 'folder', 'dataSources', 'dashboards'] as const;
  const missing = needed.filter((name) => wanted[name] === undefined);
  if (missing.length > 0) throw new Error(`Provision lacks ${missing.join(', ')}; it is set by the CDK app in lib/`);
  return wanted as Provision;
}

import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { KPI_NAMESPACE } from '../names.ts';
import { acknowledge } from './acknowledged.ts';

/** Something that a role may do, and, where its resources hold a `*`, why that cannot be narrower. */
export interface Permission {
  readonly statement: PolicyStatement;
  readonly whyWildcard?: string;
}

/** Actions written out on resources: the `grant...` methods of CDK give more than is used. */
export function allow(actions: readonly string[], resources: readonly string[], whyWildcard?: string): Permission {
  const statement = new PolicyStatement({ actions: [...actions], resources: [...resources] });
  return whyWildcard === undefined ? { statement } : { statement, whyWildcard };
}

/** Publishing metrics has no resource to name; the namespace is the fence. */
export function allowMetrics(): Permission {
  return {
    statement: new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': KPI_NAMESPACE } },
    }),
    whyWildcard: 'PutMetricData knows no resources; the namespace is the fence',
  };
}

/** Gives permissions to a role, and each of their wildcards its reason. */
export function grantTo(role: Role, permissions: readonly Permission[]): void {
  for (const { statement, whyWildcard } of permissions) {
    role.addToPolicy(statement);
    if (whyWildcard !== undefined) acknowledgeWildcards(role, statement.resources, whyWildcard);
  }
}

/** Says why the wildcard resources of a role's policy are right. @param resources of the role's own stack */
export function acknowledgeWildcards(role: Role, resources: readonly string[], reason: string): void {
  for (const resource of resources) {
    acknowledge(role, `AwsSolutions-IAM5[Resource::${asNagWrites(Stack.of(role).resolve(resource))}]`, reason);
  }
}

/**
 * cdk-nag names a finding after the resource, with references in angle brackets: `<Bucket.Arn>/errors/*`; one to another
 * stack by the name of its export.
 */
function asNagWrites(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
    'Fn::ImportValue': name,
  } = resolved as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (typeof name === 'string') return name;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(asNagWrites).join('');
  throw new Error(`a wildcard resource must be made of text and references, but is ${JSON.stringify(resolved)}`);
}

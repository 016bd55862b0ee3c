import { type CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import type { Environment } from '../environments.ts';

export function removalPolicyOf(environment: Environment): RemovalPolicy {
  return environment.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** Lets a resource with data outlive its stack where the environment says so. */
export function keep<T extends CfnResource>(resource: T, environment: Environment): T {
  resource.applyRemovalPolicy(removalPolicyOf(environment));
  return resource;
}

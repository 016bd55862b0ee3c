import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnRoleAlias } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import type { Names } from '../names.ts';

/** What a Greengrass core exchanges its certificate for: credentials that may fetch the agent's artifacts, nothing else. */
export class TokenExchange extends Construct {
  readonly role: Role;
  readonly roleAliasArn: string;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('credentials.iot.amazonaws.com') });
    const alias = new CfnRoleAlias(this, 'Alias', { roleAlias: names.roleAlias, roleArn: this.role.roleArn });
    this.roleAliasArn = alias.attrRoleAliasArn;
  }
}

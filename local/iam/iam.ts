import { randomBytes } from 'node:crypto';
import type { Authorize, Denial } from '../aws/endpoint.ts';
import { asList, asRecord, assertKnown, asText, nameOf } from '../aws/properties.ts';
import type { Access, Place, Provisioners, ResourceId } from '../aws/service.ts';
import { managedPolicy } from './managed-policies.ts';
import { decide, isKnownOperator, type PolicyDocument, type Statement, toList } from './policy.ts';

/** Long-lived keys, as environment variables of a process. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The twin's IAM: who owns a key, and what the template allows them. */
export interface Iam {
  readonly provisioners: Provisioners;
  /** A new key of a role: one for each process, so that every call has an owner. */
  issueKey(roleArn: string): Credentials;
  /** May do everything: for the twin itself and the person in front of it. */
  readonly operator: Credentials;
  readonly authorize: Authorize;
  /** ARN of the key's owner. */
  ownerOf(accessKeyId: string): string;
  /** What a role may not do of this, in IAM's own words; undefined when it may. */
  denied(roleArn: string, access: Access): string | undefined;
  /** @throws Error unless the service (`lambda.amazonaws.com`) may take this role */
  assertAssumable(roleArn: string, service: string): void;
}

interface RoleRecord {
  readonly arn: string;
  readonly services: readonly string[];
  readonly policies: PolicyDocument[];
}

export function createIam({ accountId }: Pick<Place, 'accountId'>): Iam {
  const roles = new Map<string, RoleRecord>();
  const owners = new Map<string, string>();
  const operator = newCredentials();

  const roleArn = (name: string, path = '/') => `arn:aws:iam::${accountId}:role${path}${name}`;

  function roleNamed(name: string): RoleRecord {
    const role = [...roles.values()].find(({ arn }) => arn.endsWith(`/${name}`));
    if (!role) throw new Error(`the role ${name} does not exist`);
    return role;
  }

  function firstDenied(role: string, access: readonly Access[]): Access | undefined {
    const policies = roles.get(role)?.policies ?? [];
    return access.find((one) => decide(policies, one) !== 'allowed');
  }

  const provisioners: Provisioners = {
    async 'AWS::IAM::Role'(id, properties) {
      assertKnown(
        id,
        'AWS::IAM::Role',
        properties,
        ['RoleName', 'Path', 'AssumeRolePolicyDocument', 'ManagedPolicyArns', 'Policies'],
        ['Description', 'MaxSessionDuration'],
      );
      const arn = roleArn(nameOf(id, properties.RoleName), asText(properties.Path, '/'));
      const inline = asList(properties.Policies).map((one) => asDocument(id, asRecord(one).PolicyDocument));
      const managed = asList(properties.ManagedPolicyArns).map((one) => managedPolicy(asText(one)));
      const trust = toList(asRecord(properties.AssumeRolePolicyDocument).Statement).flatMap((statement) => {
        const service = asRecord(asRecord(statement).Principal).Service;
        return Array.isArray(service) ? service.map(String) : [asText(service)];
      });
      roles.set(arn, { arn, services: trust, policies: [...inline, ...managed] });
      return { ref: nameOf(id, properties.RoleName), attributes: { Arn: arn, RoleId: `AROA${id.logicalId}` } };
    },

    async 'AWS::IAM::Policy'(id, properties) {
      assertKnown(id, 'AWS::IAM::Policy', properties, ['PolicyName', 'PolicyDocument', 'Roles']);
      const document = asDocument(id, properties.PolicyDocument);
      for (const name of asList(properties.Roles)) roleNamed(asText(name)).policies.push(document);
      return { ref: nameOf(id, properties.PolicyName), attributes: { Id: nameOf(id, properties.PolicyName) } };
    },

    async 'AWS::IAM::ManagedPolicy'(id, properties) {
      assertKnown(
        id,
        'AWS::IAM::ManagedPolicy',
        properties,
        ['ManagedPolicyName', 'PolicyDocument', 'Roles'],
        ['Description', 'Path'],
      );
      const document = asDocument(id, properties.PolicyDocument);
      for (const name of asList(properties.Roles)) roleNamed(asText(name)).policies.push(document);
      const arn = `arn:aws:iam::${accountId}:policy/${nameOf(id, properties.ManagedPolicyName)}`;
      return { ref: arn, attributes: { PolicyArn: arn } };
    },
  };

  return {
    provisioners,
    operator,
    issueKey(arn) {
      if (!roles.has(arn)) throw new Error(`the role ${arn} does not exist`);
      const credentials = newCredentials();
      owners.set(credentials.accessKeyId, arn);
      return credentials;
    },
    ownerOf(accessKeyId) {
      if (accessKeyId === operator.accessKeyId) return `arn:aws:iam::${accountId}:user/operator`;
      return owners.get(accessKeyId) ?? `arn:aws:iam::${accountId}:user/unknown`;
    },
    authorize(accessKeyId, access): Denial | undefined {
      if (accessKeyId === operator.accessKeyId) return undefined;
      const role = owners.get(accessKeyId);
      const [first] = access;
      if (role === undefined) return first && { access: first, principal: `arn:aws:iam::${accountId}:user/unknown` };
      const refused = firstDenied(role, access);
      return refused && { access: refused, principal: role };
    },
    denied(arn, access) {
      if (!firstDenied(arn, [access])) return undefined;
      return `User: ${arn} is not authorized to perform: ${access.action} on resource: ${access.resource} because no identity-based policy allows the ${access.action} action`;
    },
    assertAssumable(arn, service) {
      const role = roles.get(arn);
      if (!role) throw new Error(`the role ${arn} does not exist`);
      if (!role.services.includes(service)) {
        throw new Error(`${service} cannot assume the role ${arn}, which trusts ${role.services.join(', ')}`);
      }
    },
  };
}

/** @throws Error when the document has a condition that the twin cannot evaluate: it would refuse or allow wrongly */
export function asDocument({ stackName, logicalId }: ResourceId, value: unknown): PolicyDocument {
  const document = asRecord(value) as unknown as PolicyDocument;
  if (document.Statement === undefined) throw new Error(`${stackName}/${logicalId}: the policy has no Statement`);
  const operators = toList<Statement>(document.Statement).flatMap(({ Condition = {} }) => Object.keys(Condition));
  const unknown = operators.filter((operator) => !isKnownOperator(operator));
  if (unknown.length > 0) {
    throw new Error(
      `${stackName}/${logicalId}: the twin does not evaluate the condition operator ${unknown.join(', ')}`,
    );
  }
  return document;
}

function newCredentials(): Credentials {
  return {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString('hex'),
  };
}

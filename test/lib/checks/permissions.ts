import { readFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import type { Template } from '../../support/synthesis.ts';

/** IAM prefix of what a client package calls. */
const PREFIX: Readonly<Record<string, string>> = {
  'client-cloudwatch': 'cloudwatch',
  'client-dynamodb': 'dynamodb',
  'client-grafana': 'grafana',
  'client-identitystore': 'identitystore',
  'client-iot': 'iot',
  'client-iot-data-plane': 'iot',
  'client-s3': 's3',
  'client-secrets-manager': 'secretsmanager',
  'client-sfn': 'states',
  'client-sesv2': 'ses',
  'client-sns': 'sns',
  'client-sso-admin': 'sso',
  'client-timestream-write': 'timestream',
};
/** The document client says `Get` for `GetItem`. */
const DOCUMENT_ACTIONS: Readonly<Record<string, string>> = { Get: 'GetItem', Put: 'PutItem', Update: 'UpdateItem' };

/** Calls whose permission has another name. */
const OTHER_NAMES: Readonly<Record<string, string>> = { 's3:ListObjectsV2': 's3:ListBucket' };

/** @returns the IAM actions that a handler's sources can ask for: each `new XCommand` of the SDK that it can reach */
export function actionsCalled(handler: string): Set<string> {
  const { metafile } = buildSync({
    entryPoints: [handler],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    packages: 'external',
    format: 'esm',
    outdir: '.',
  });
  const actions = new Set<string>();
  for (const file of Object.keys(metafile.inputs)) {
    const source = readFileSync(file, 'utf8');
    for (const [, names = '', client = ''] of source.matchAll(/import\s+\{([^}]*)\}\s+from '@aws-sdk\/([\w-]+)'/g)) {
      for (const [, command = ''] of names.matchAll(/(\w+)Command\b/g)) {
        if (client === 'lib-dynamodb') actions.add(`dynamodb:${DOCUMENT_ACTIONS[command] ?? command}`);
        const action = `${PREFIX[client] ?? `unknown package ${client}`}:${command}`;
        if (client !== 'lib-dynamodb') actions.add(OTHER_NAMES[action] ?? action);
      }
    }
  }
  return actions;
}

/** @returns the actions that the roles whose logical id begins so are allowed by their policies */
export function actionsAllowed(template: Template, roleIdStart: string): Set<string> {
  const policies = Object.entries(template.Resources).filter(
    ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(roleIdStart),
  );
  return new Set(
    policies.flatMap(([, { Properties }]) =>
      (Properties.PolicyDocument as { Statement: { Action: string | string[] }[] }).Statement.flatMap(
        ({ Action }) => Action,
      ),
    ),
  );
}

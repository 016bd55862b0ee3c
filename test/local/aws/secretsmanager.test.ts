import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSecretsManager, type SecretsManager } from '../../../local/aws/secretsmanager.ts';
import { ID, type Rig, startRig } from './support.ts';

let rig: Rig;
let secrets: SecretsManager;
let client: SecretsManagerClient;

beforeAll(async () => {
  rig = await startRig();
  secrets = createSecretsManager(rig.place);
  rig.endpoint.use(secrets.service);
  client = new SecretsManagerClient(rig.client);
});

afterAll(async () => {
  client.destroy();
  await rig.endpoint.close();
});

const read = async (SecretId: string, VersionStage?: string) =>
  (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;

test('a secret of the template is read by name and by ARN, and replaced', async () => {
  const made = await secrets.provisioners['AWS::SecretsManager::Secret']?.(ID, {
    Name: 'nsmon/dev/channels',
    SecretString: '{"a":1}',
  });
  expect(await read('nsmon/dev/channels')).toBe('{"a":1}');
  expect(await read(made?.ref ?? '')).toBe('{"a":1}');
  await client.send(new PutSecretValueCommand({ SecretId: 'nsmon/dev/channels', SecretString: '{"a":2}' }));
  expect(await read('nsmon/dev/channels')).toBe('{"a":2}');
  expect(await read('nsmon/dev/channels', 'AWSPREVIOUS')).toBe('{"a":1}');
  secrets.put('nsmon/dev/channels', '{"a":3}');
  expect(secrets.get('nsmon/dev/channels')).toBe('{"a":3}');
});

test('a generated key lies in the template JSON, of the length and characters asked for', async () => {
  await secrets.provisioners['AWS::SecretsManager::Secret']?.(ID, {
    Name: 'generated',
    GenerateSecretString: {
      SecretStringTemplate: '{"user":"u"}',
      GenerateStringKey: 'key',
      PasswordLength: 64,
      ExcludePunctuation: true,
    },
  });
  expect(JSON.parse((await read('generated')) ?? '')).toEqual({
    user: 'u',
    key: expect.stringMatching(/^[A-Za-z0-9]{64}$/),
  });
});

test('a missing secret is the SDK class', async () => {
  await expect(read('nowhere')).rejects.toBeInstanceOf(ResourceNotFoundException);
});

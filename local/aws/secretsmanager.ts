import { randomInt, randomUUID } from 'node:crypto';
import { type JsonOperations, jsonService } from './json-service.ts';
import { asNumber, asRecord, assertKnown, asText, nameOf } from './properties.ts';
import { AwsError, type AwsService, arn, type Place, type Provisioners } from './service.ts';

export interface SecretsManager {
  readonly service: AwsService;
  readonly provisioners: Provisioners;
  /** The current text of a secret, by name or ARN. @throws AwsError ResourceNotFoundException */
  get(secretId: string): string;
  /** Gives a secret a new text, as an operator would by hand. @throws AwsError ResourceNotFoundException */
  put(secretId: string, text: string): void;
}

interface Version {
  readonly id: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

interface Secret {
  readonly name: string;
  readonly arn: string;
  current: Version;
  previous?: Version;
}

/** Secrets Manager: `secretsmanager.<Operation>` in JSON 1.1. Times on the wire are epoch seconds. */
export function createSecretsManager(place: Place, now: () => number = Date.now): SecretsManager {
  const secrets = new Map<string, Secret>();
  // Real ARNs end with six random characters; a fixed ending is the same in every run.
  const arnOf = (name: string) => arn(place, 'secretsmanager', `secret:${name}-nsmon1`);
  const version = (text: string): Version => ({ id: randomUUID(), text, createdAt: now() });

  /** By name, full ARN, or ARN without the random ending: all three are allowed. */
  function find(secretId: string): Secret {
    const name = secretId.split(':secret:')[1] ?? secretId;
    const secret = secrets.get(name) ?? secrets.get(name.replace(/-[A-Za-z0-9]{6}$/, ''));
    if (!secret) {
      throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret: ${secretId}`);
    }
    return secret;
  }

  function put(secretId: string, text: string): Version {
    const secret = find(secretId);
    secret.previous = secret.current;
    secret.current = version(text);
    return secret.current;
  }

  const operations: JsonOperations = {
    GetSecretValue({ SecretId, VersionStage, VersionId }) {
      const { arn: ARN, name: Name, current, previous } = find(asText(SecretId));
      const isPrevious = VersionStage === 'AWSPREVIOUS' || (previous !== undefined && VersionId === previous.id);
      const chosen = isPrevious ? previous : current;
      if (!chosen || (VersionId !== undefined && VersionId !== chosen.id)) {
        throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified version of ${Name}`);
      }
      return {
        ARN,
        Name,
        SecretString: chosen.text,
        VersionId: chosen.id,
        VersionStages: [isPrevious ? 'AWSPREVIOUS' : 'AWSCURRENT'],
        CreatedDate: chosen.createdAt / 1000,
      };
    },
    PutSecretValue({ SecretId, SecretString }) {
      const { id } = put(asText(SecretId), asText(SecretString));
      const { arn: ARN, name: Name } = find(asText(SecretId));
      return { ARN, Name, VersionId: id, VersionStages: ['AWSCURRENT'] };
    },
    DescribeSecret({ SecretId }) {
      const { arn: ARN, name: Name, current, previous } = find(asText(SecretId));
      return {
        ARN,
        Name,
        CreatedDate: current.createdAt / 1000,
        VersionIdsToStages: {
          [current.id]: ['AWSCURRENT'],
          ...(previous ? { [previous.id]: ['AWSPREVIOUS'] } : {}),
        },
      };
    },
  };

  const TYPE = 'AWS::SecretsManager::Secret';
  return {
    service: jsonService({
      signingName: 'secretsmanager',
      title: 'Secrets Manager',
      operations,
      access(operation, { SecretId }) {
        const id = asText(SecretId);
        return [{ action: `secretsmanager:${operation}`, resource: id.startsWith('arn:') ? id : arnOf(id) }];
      },
    }),
    provisioners: {
      async [TYPE](id, properties) {
        assertKnown(
          id,
          TYPE,
          properties,
          ['Name', 'SecretString', 'GenerateSecretString'],
          ['Description', 'KmsKeyId'],
        );
        const name = nameOf(id, properties.Name);
        const text = asText(properties.SecretString) || generate(asRecord(properties.GenerateSecretString));
        secrets.set(name, { name, arn: arnOf(name), current: version(text) });
        return { ref: arnOf(name), attributes: { Id: arnOf(name) } };
      },
    },
    get: (secretId) => find(secretId).current.text,
    put: (secretId, text) => void put(secretId, text),
  };
}

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** A password as `GenerateSecretString` asks for it, inside the template's JSON when it names a key. */
function generate(wish: Readonly<Record<string, unknown>>): string {
  const isOn = (name: string) => wish[name] === true || wish[name] === 'true';
  const alphabet = [
    isOn('ExcludeLowercase') ? '' : LOWERCASE,
    isOn('ExcludeUppercase') ? '' : LOWERCASE.toUpperCase(),
    isOn('ExcludeNumbers') ? '' : NUMBERS,
    isOn('ExcludePunctuation') ? '' : PUNCTUATION,
    isOn('IncludeSpace') ? ' ' : '',
  ].join('');
  const excluded = asText(wish.ExcludeCharacters);
  const characters = alphabet.split('').filter((character) => !excluded.includes(character));
  const password = Array.from(
    { length: asNumber(wish.PasswordLength, 32) },
    () => characters[randomInt(characters.length)],
  ).join('');
  const key = asText(wish.GenerateStringKey);
  if (key === '') return password;
  return JSON.stringify({ ...(JSON.parse(asText(wish.SecretStringTemplate, '{}')) as object), [key]: password });
}

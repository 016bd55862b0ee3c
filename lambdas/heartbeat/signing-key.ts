import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** How long the key is believed: a changed one is in use after that. */
const BELIEVED_MS = 3 * 60_000;

/** Reads `signingKey` of the watcher's secret, and again after some minutes. A failure is not remembered. */
export function signingKey(client: SecretsManagerClient, secretId: string, nowMs: () => number): () => Promise<string> {
  let known: { readonly key: string; readonly untilMs: number } | undefined;
  return async () => {
    if (known && known.untilMs > nowMs()) return known.key;
    const { SecretString = '{}' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    const { signingKey: key } = JSON.parse(SecretString) as { signingKey?: unknown };
    if (typeof key !== 'string' || key === '') throw new Error('The watcher secret must be {"signingKey": "..."}');
    known = { key, untilMs: nowMs() + BELIEVED_MS };
    return key;
  };
}

import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Channels, readChannels } from '../../core/notifications/channels.ts';

/** How long the secret is believed: a changed one is in use after that. */
const BELIEVED_MS = 3 * 60_000;

/** Reads the channels secret, and again after some minutes. A failure is not remembered. */
export function channelsSecret(
  client: SecretsManagerClient,
  secretId: string,
  nowMs: () => number,
): () => Promise<Channels> {
  let known: { readonly channels: Channels; readonly untilMs: number } | undefined;
  return async () => {
    if (known && known.untilMs > nowMs()) return known.channels;
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    const channels = readChannels(SecretString ?? '');
    known = { channels, untilMs: nowMs() + BELIEVED_MS };
    return channels;
  };
}

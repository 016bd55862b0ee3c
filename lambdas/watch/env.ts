import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `watch`: what lib/ sets and the handler reads.
 * Permissions: read and write the watch table; publish to the topic, which is encrypted.
 */
export interface WatchEnv {
  readonly WATCH_TABLE: string;
  /** Who is told when the first way to people is broken. */
  readonly WATCH_TOPIC_ARN: string;
  /** No heartbeat for so long is an alarm, seconds. */
  readonly SILENCE_SECONDS: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing or wrong */
export function readEnv(env: NodeJS.ProcessEnv): WatchEnv {
  return readSettings(env, (text, _problems, seconds) => ({
    WATCH_TABLE: text('WATCH_TABLE'),
    WATCH_TOPIC_ARN: text('WATCH_TOPIC_ARN'),
    SILENCE_SECONDS: seconds('SILENCE_SECONDS'),
    ENVIRONMENT: text('ENVIRONMENT'),
  }));
}

import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `heartbeat`: what lib/ sets and the handler reads.
 * Permissions: read and write the watch table; read the secret. Its function URL has auth type NONE: the signature of a
 * heartbeat is the authorisation.
 */
export interface HeartbeatEnv {
  readonly WATCH_TABLE: string;
  /** Name or ARN of the secret that holds `signingKey`. */
  readonly WATCHER_SECRET: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing */
export function readEnv(env: NodeJS.ProcessEnv): HeartbeatEnv {
  return readSettings(env, (text) => ({
    WATCH_TABLE: text('WATCH_TABLE'),
    WATCHER_SECRET: text('WATCHER_SECRET'),
    ENVIRONMENT: text('ENVIRONMENT'),
  }));
}

import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `anchor-audit`: what lib/ sets and the handler reads.
 * Permissions: read the alerts table and put into it; `s3:PutObject` and `s3:GetObject` on the anchors.
 */
export interface AnchorAuditEnv {
  readonly ALERTS_TABLE: string;
  readonly ANCHOR_BUCKET: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing */
export function readEnv(env: NodeJS.ProcessEnv): AnchorAuditEnv {
  return readSettings(env, (text) => ({
    ALERTS_TABLE: text('ALERTS_TABLE'),
    ANCHOR_BUCKET: text('ANCHOR_BUCKET'),
    ENVIRONMENT: text('ENVIRONMENT'),
  }));
}

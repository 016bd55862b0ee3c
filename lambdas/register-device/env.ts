import { readSettings } from '../shared/settings.ts';

/**
 * The environment of `register-device`: what lib/ sets and the handler reads.
 * Permissions: `dynamodb:GetItem` and `UpdateItem` on the devices table; `iot:ListThingPrincipals`, `UpdateCertificate`.
 */
export interface RegisterDeviceEnv {
  /** The devices that may come: see `ExpectedDevice`. */
  readonly DEVICES_TABLE: string;
  /** Name of the template for a device that has a certificate of its own and wants the next one. */
  readonly ROTATION_TEMPLATE: string;
}

/** @throws Error naming every variable that is missing */
export function readEnv(env: NodeJS.ProcessEnv): RegisterDeviceEnv {
  return readSettings(env, (text) => ({
    DEVICES_TABLE: text('DEVICES_TABLE'),
    ROTATION_TEMPLATE: text('ROTATION_TEMPLATE'),
  }));
}

import { describe, expect, test } from '@jest/globals';
import {
  type ExpectedDevice,
  type Ports,
  type ProvisioningRequest,
  registerDevice,
} from '../../../lambdas/register-device/register-device.ts';

const MINUTE_MS = 60_000;
const CLAIM = 'arn:aws:iot:us-east-1:123456789012:provisioningtemplate/nsmon-dev-claim';
const ROTATE = 'arn:aws:iot:us-east-1:123456789012:provisioningtemplate/nsmon-dev-rotate';
const lab1: ExpectedDevice = { thingName: 'lab-1', tenant: 'acme', site: 'berlin' };

/** A registry in memory: one expected device, and the certificates that lab-1 has. */
function registry(device: ExpectedDevice | undefined, attached: readonly string[] = []) {
  const deactivated: string[] = [];
  let known = device;
  const portsAt = (nowMs: number): Ports => ({
    nowMs,
    devices: {
      find: async (serial) => (serial === 'CYTON-17' ? known : undefined),
      register: async (_serial, { nowMs: at, sinceMs }) => {
        if (!known || (known.registeredAtMs !== undefined && known.registeredAtMs <= sinceMs)) return false;
        known = { ...known, registeredAtMs: known.registeredAtMs ?? at };
        return true;
      },
    },
    certificates: { of: async () => attached, deactivate: async (id) => void deactivated.push(id) },
  });
  return { portsAt, deactivated };
}

function ask(change: Partial<ProvisioningRequest> = {}): ProvisioningRequest {
  return {
    claimCertificateId: 'claim',
    certificateId: 'new',
    clientId: 'claim-7',
    templateArn: CLAIM,
    parameters: { SerialNumber: 'CYTON-17' },
    ...change,
  };
}

describe('a device with the claim certificate', () => {
  test('is admitted under the name and owner that the operator wrote down, whatever it says itself', async () => {
    const parameters = { SerialNumber: 'CYTON-17', ThingName: 'lab-2', Tenant: 'someone-else' };
    const verdict = await registerDevice(ask({ parameters }), 'nsmon-dev-rotate', registry(lab1).portsAt(0));
    expect(verdict).toEqual({ allowed: true, overrides: { ThingName: 'lab-1', Tenant: 'acme', Site: 'berlin' } });
  });

  test('may ask again for ten minutes, in case the answer was lost, and not later', async () => {
    const { portsAt } = registry(lab1);
    const at = (nowMs: number) => registerDevice(ask(), 'nsmon-dev-rotate', portsAt(nowMs));
    expect(await at(0)).toMatchObject({ allowed: true });
    expect(await at(9 * MINUTE_MS)).toMatchObject({ allowed: true });
    expect(await at(11 * MINUTE_MS)).toEqual({ allowed: false, reason: 'already registered' });
  });

  test.each([
    [{ SerialNumber: 'CYTON-18' }, 'serial number not expected'],
    [{}, 'no serial number'],
  ])('is refused with parameters %j: %s', async (parameters, reason) => {
    const verdict = await registerDevice(ask({ parameters }), 'nsmon-dev-rotate', registry(lab1).portsAt(0));
    expect(verdict).toEqual({ allowed: false, reason });
  });
});

describe('a rotation', () => {
  const registered = { ...lab1, registeredAtMs: 1 };
  const own = { templateArn: ROTATE, clientId: 'lab-1', claimCertificateId: 'present' };

  test('is allowed to the thing itself; the certificate in use stays, older ones end', async () => {
    const { portsAt, deactivated } = registry(registered, ['older', 'present']);
    const verdict = await registerDevice(ask(own), 'nsmon-dev-rotate', portsAt(365 * 24 * 60 * MINUTE_MS));
    expect(verdict).toMatchObject({ allowed: true, overrides: { ThingName: 'lab-1' } });
    expect(deactivated).toEqual(['older']);
  });

  test.each([
    ['another client', { ...own, clientId: 'lab-2' }],
    ['a certificate that is not the thing’s', { ...own, claimCertificateId: 'stolen' }],
  ])('is refused to %s, and ends no certificate', async (_who, change) => {
    const { portsAt, deactivated } = registry(registered, ['older', 'present']);
    const verdict = await registerDevice(ask(change), 'nsmon-dev-rotate', portsAt(5));
    expect(verdict).toEqual({ allowed: false, reason: 'a device rotates only its own certificate' });
    expect(deactivated).toEqual([]);
  });
});

/** What IoT Core tells the hook of a provisioning template before it makes a thing. */
export interface ProvisioningRequest {
  /** The certificate that the device connected with: the claim, or at a rotation its present one. */
  readonly claimCertificateId: string;
  readonly certificateId: string;
  readonly clientId: string;
  readonly templateArn: string;
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

/** What IoT Core does then. The overrides replace what the device said, so that no device chooses its own owner. */
export type Verdict =
  | { readonly allowed: true; readonly overrides: { ThingName: string; Tenant: string; Site: string } }
  | { readonly allowed: false; readonly reason: RefusalReason };

export type RefusalReason =
  | 'no serial number'
  | 'serial number not expected'
  | 'already registered'
  | 'a device rotates only its own certificate';

/** A device that an operator expects, by its serial number. */
export interface ExpectedDevice {
  readonly thingName: string;
  readonly tenant: string;
  readonly site: string;
  /** When it registered, epoch milliseconds. An operator removes it to let a replaced disk register again. */
  readonly registeredAtMs?: number;
}

export interface Devices {
  find(serial: string): Promise<ExpectedDevice | undefined>;
  /** Notes the registration unless there is one from before `since`. @returns whether it was noted */
  register(serial: string, registration: { nowMs: number; sinceMs: number; certificateId: string }): Promise<boolean>;
}

export interface Certificates {
  /** Ids of the certificates attached to a thing. */
  of(thingName: string): Promise<readonly string[]>;
  deactivate(certificateId: string): Promise<void>;
}

export interface Ports {
  readonly devices: Devices;
  readonly certificates: Certificates;
  readonly nowMs: number;
}

/** A device that lost the answer to its registration asks again: for so long it may. */
const RETRY_MS = 10 * 60_000;

/**
 * Decides whether a device may have a certificate. With the claim certificate every device of a production run carries
 * the same secret, so it opens the door only to serial numbers that are expected, and once. A rotation is asked for over
 * a connection whose client id the IoT policy binds to the thing.
 * @param rotationTemplate name of the template for rotations
 */
export async function registerDevice(
  request: ProvisioningRequest,
  rotationTemplate: string,
  ports: Ports,
): Promise<Verdict> {
  const serial = request.parameters.SerialNumber;
  if (!serial) return refuse('no serial number');
  const device = await ports.devices.find(serial);
  if (!device) return refuse('serial number not expected');
  const isRotation = request.templateArn.endsWith(`:provisioningtemplate/${rotationTemplate}`);
  return isRotation ? rotate(request, device, ports) : admit(request, serial, device, ports);
}

async function admit(
  { certificateId }: ProvisioningRequest,
  serial: string,
  device: ExpectedDevice,
  { devices, nowMs }: Ports,
): Promise<Verdict> {
  const noted = await devices.register(serial, { nowMs, sinceMs: nowMs - RETRY_MS, certificateId });
  return noted ? allow(device) : refuse('already registered');
}

/** The certificate in use stays valid until the next rotation; any older one ends here. */
async function rotate(
  { clientId, claimCertificateId }: ProvisioningRequest,
  device: ExpectedDevice,
  { certificates }: Ports,
): Promise<Verdict> {
  const attached = await certificates.of(device.thingName);
  if (clientId !== device.thingName || !attached.includes(claimCertificateId)) {
    return refuse('a device rotates only its own certificate');
  }
  for (const id of attached) if (id !== claimCertificateId) await certificates.deactivate(id);
  return allow(device);
}

function allow({ thingName, tenant, site }: ExpectedDevice): Verdict {
  return { allowed: true, overrides: { ThingName: thingName, Tenant: tenant, Site: site } };
}

function refuse(reason: RefusalReason): Verdict {
  return { allowed: false, reason };
}

import { DescribeThingCommand, type IoTClient, ResourceNotFoundException } from '@aws-sdk/client-iot';
import type { Owner } from './stamp.ts';

/** How long an owner is believed. A thing changes its tenant by hand and rarely. */
const BELIEVED_MS = 5 * 60_000;
/** What a thing without attributes, or one no longer registered, belongs to: visible, and nobody's. */
const NOBODY: Owner = { tenant: 'unassigned', site: 'unassigned' };

/** Looks up whose a thing is in the IoT registry (thing attributes `tenant` and `site`). */
export function iotRegistry(client: IoTClient, nowMs: () => number): (thing: string) => Promise<Owner> {
  const owners = new Map<string, { owner: Promise<Owner>; untilMs: number }>();

  async function lookUp(thingName: string): Promise<Owner> {
    try {
      const { attributes } = await client.send(new DescribeThingCommand({ thingName }));
      return { tenant: attributes?.tenant || NOBODY.tenant, site: attributes?.site || NOBODY.site };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return NOBODY;
      throw error;
    }
  }

  return (thing) => {
    const known = owners.get(thing);
    if (known && known.untilMs > nowMs()) return known.owner;
    const owner = lookUp(thing);
    owners.set(thing, { owner, untilMs: nowMs() + BELIEVED_MS });
    owner.catch(() => owners.delete(thing));
    return owner;
  };
}

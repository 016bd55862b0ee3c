import { DescribeThingCommand, type IoTClient, ResourceNotFoundException } from '@aws-sdk/client-iot';
import type { OwnerOf } from './evaluate.ts';

/** How long an owner is believed. */
const BELIEVED_MS = 10 * 60_000;
/** As `ingest` stamps a thing without these attributes. */
const NOBODY = 'unassigned';

/** Whose a thing is, from the IoT registry; remembered for some minutes. */
export function registryOwners(client: IoTClient, nowMs: () => number): OwnerOf {
  const known = new Map<string, { readonly owner: Awaited<ReturnType<OwnerOf>>; readonly untilMs: number }>();
  return async (thing) => {
    const entry = known.get(thing);
    if (entry && entry.untilMs > nowMs()) return entry.owner;
    const owner = await describe(client, thing);
    known.set(thing, { owner, untilMs: nowMs() + BELIEVED_MS });
    return owner;
  };
}

async function describe(client: IoTClient, thingName: string): ReturnType<OwnerOf> {
  try {
    const { attributes } = await client.send(new DescribeThingCommand({ thingName }));
    return { tenant: attributes?.tenant || NOBODY, site: attributes?.site || NOBODY };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from '../core/hash.ts';
import type { Person } from '../core/notifications/channels.ts';
import { parseOncall } from '../core/oncall/parse.ts';

/**
 * Addresses for everybody whom the deployed oncall.yaml names, as a person would put them into the channels secret: made
 * up from the handle, the same in every run.
 * @param assets directories of the bundled functions
 */
export function addressesOfPeople(assets: Iterable<string>): Readonly<Record<string, Person>> {
  const files = [...assets].map((directory) => join(directory, 'rules', 'oncall.yaml'));
  const file = files.find((one) => existsSync(one));
  if (file === undefined) return {};
  const handles = [...parseOncall(readFileSync(file, 'utf8')).people.keys()];
  return Object.fromEntries(handles.map((handle, i) => [handle, addressesOf(handle, i)]));
}

function addressesOf(handle: string, i: number): Person {
  return {
    email: `${handle}@example.org`,
    // Of the numbers that are kept for films.
    phone: `+1202555${String(100 + (i % 100)).padStart(4, '0')}`,
    slackUserId: `U${hashOf(handle, 8).toUpperCase()}`,
    pagerdutyUserId: `P${hashOf(handle, 6).toUpperCase()}`,
    pagerdutyRoutingKey: hashOf(handle, 32),
    jsmUserId: hashOf(`jsm ${handle}`, 24),
  };
}

import type { Channel } from '../escalation/policy.ts';
import type { OncallConfig } from './config.ts';
import { onCallAt } from './on-call.ts';

/** Somebody or something that is told. */
export interface Target {
  readonly channel: Channel;
  /** A handle; absent: the channel's own address, which is nobody's in particular. */
  readonly person?: string;
  /** Further channels of the person, to be used in this order where `channel` refuses or has no budget left. */
  readonly otherwise?: readonly Channel[];
}

/** Whom a level of the escalation names; absent is none. */
export interface LevelTargets {
  readonly channels?: readonly Channel[];
  /** Names of schedules. */
  readonly oncall?: readonly string[];
  /** Handles. */
  readonly people?: readonly string[];
}

export interface Targets {
  /** Each once: channels first, then who is on call, then people. */
  readonly targets: readonly Target[];
  /** Schedules with nobody on call, and names that oncall.yaml does not have any more; to be said loudly. */
  readonly nobody: readonly string[];
}

/** Whom to tell at this time. Never throws: at night something must come out, even when a name is wrong. */
export function targetsOf({ channels, oncall, people }: LevelTargets, config: OncallConfig, nowMs: number): Targets {
  const handles = new Set<string>();
  const nobody: string[] = [];
  for (const name of new Set(oncall)) {
    const schedule = config.schedules.get(name);
    const onCall = schedule ? onCallAt(schedule, nowMs).people : [];
    const known = onCall.filter((handle) => config.people.has(handle));
    if (known.length === 0) nobody.push(name);
    for (const handle of known) handles.add(handle);
  }
  for (const handle of people ?? []) handles.add(handle);

  const targets: Target[] = [...new Set(channels)].map((channel) => ({ channel }));
  for (const handle of handles) {
    const [channel, ...otherwise] = config.people.get(handle)?.channels ?? [];
    if (channel === undefined) nobody.push(handle);
    else targets.push({ channel, person: handle, ...(otherwise.length > 0 ? { otherwise } : {}) });
  }
  return { targets, nobody };
}

import type { Level, LevelTargets, Target } from '../escalation/policy.ts';
import type { OncallConfig } from './config.ts';
import { onCallAt } from './on-call.ts';

/** Whom to tell at this time. Never throws: at night something must come out, even when a name is wrong. */
export function targetsOf(
  { channels, oncall, people }: Partial<Omit<Level, 'afterMs'>>,
  config: OncallConfig,
  nowMs: number,
): LevelTargets {
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

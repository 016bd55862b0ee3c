import { type GroupRecord, withLog } from './group.ts';

/**
 * Has a group look again because a silence that covered some of its alerts has ended. After a planned maintenance window
 * what still fires counts as news, also where it was known before: nobody looked at it meanwhile.
 * @returns the same record when there is nothing to look at
 */
export function raise(
  group: GroupRecord,
  covered: readonly string[],
  isMaintenance: boolean,
  nowMs: number,
): GroupRecord {
  const firing = covered.filter((fingerprint) => {
    const member = group.members[fingerprint];
    return member !== undefined && member.status !== 'resolved';
  });
  if (group.phase !== 'open' || firing.length === 0) return group;
  const awake = {
    ...group,
    revision: group.revision + 1,
    arrived: [...new Set([...(group.arrived ?? []), ...firing])],
  };
  if (!isMaintenance) return awake;
  const told = group.told.filter((fingerprint) => !firing.includes(fingerprint));
  const state = group.dispatch && {
    ...group.dispatch.state,
    inMaintenance: [...new Set([...(group.dispatch.state.inMaintenance ?? []), ...firing])],
  };
  const dispatch = state ? { dispatch: { ...group.dispatch, state } } : {};
  const what = firing.length === 1 ? 'an alert still fires' : `${firing.length} alerts still fire`;
  const entry = { atMs: nowMs, kind: 'audible', summary: `a maintenance window has closed, and ${what}` };
  return withLog({ ...awake, told, ...dispatch }, entry);
}

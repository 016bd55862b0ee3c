import type { Groups } from '../shared/groups.ts';

/** What the state machine says when it begins to wait. */
export interface WaitRequest {
  readonly groupId: string;
  readonly generation: number;
  /** What the decision to wait knew. */
  readonly revision: number;
  readonly token: string;
}

/**
 * Stores the token by which an event ends the wait. What happened between the decision and now has found no token, so
 * the wait that would miss it is ended here.
 * @returns whether it waits
 */
export async function wait(
  { groupId, generation, revision, token }: WaitRequest,
  groups: Groups,
  wake: (token: string) => Promise<void>,
): Promise<boolean> {
  const group = await groups.change(groupId, (before) =>
    before?.generation === generation && before.revision === revision
      ? { ...before, waiting: { token, revision } }
      : before,
  );
  const isWaiting = group?.waiting?.token === token && group.revision === revision;
  if (!isWaiting) await wake(token);
  return isWaiting;
}

import { type GroupRecord, withLog } from './group.ts';

/**
 * Takes an acknowledgement back, because whoever gave it says so. Everybody who was told learns that it is open again,
 * and the ladder goes on from its foot: levels that were told stay told, the others count from now.
 * @returns undefined when the generation has no acknowledgement
 */
export function withdrawAcknowledgement(
  group: GroupRecord | undefined,
  generation: number,
  by: string,
  nowMs: number,
): GroupRecord | undefined {
  if (!group?.acknowledgement || !group.episode || group.generation !== generation || group.phase !== 'open') {
    return undefined;
  }
  const { acknowledgement: _withdrawn, ...rest } = group;
  const open: GroupRecord = {
    ...rest,
    episode: { ...group.episode, sinceMs: nowMs },
    update: { number: (group.update?.number ?? 0) + 1, newsAtMs: nowMs, dueMs: nowMs },
    revision: group.revision + 1,
  };
  return withLog(open, { atMs: nowMs, kind: 'unacknowledged', by, summary: `${by} took the acknowledgement back` });
}

import type { GroupHealing } from './record.ts';

/** What of a group matters here: see core/escalation/group.ts. */
export interface HeldGroup {
  readonly members: Readonly<Record<string, { readonly status: string; readonly changedAtMs: number }>>;
  /** By fingerprint. */
  readonly healing?: Readonly<Record<string, GroupHealing>>;
}

/**
 * When the first page of a group is due as far as healing is concerned: the page waits while everything that fires in it
 * is being healed. The first alert that is not, that healing gave up, or whose time is over, ends the wait for all.
 * @returns epoch ms, in the past when the wait is over; undefined when nothing waits or ever did
 */
export function holdUntilMs({ members, healing }: HeldGroup): number | undefined {
  if (healing === undefined || Object.keys(healing).length === 0) return undefined;
  const ends = Object.entries(members)
    .filter(([, { status }]) => status !== 'resolved')
    .map(([fingerprint, { changedAtMs }]) => {
      const healed = healing[fingerprint];
      return healed === undefined ? changedAtMs : (healed.overAtMs ?? healed.holdUntilMs);
    });
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** What healing tried, for the message of a page: a line for each alert that it was about, none twice. */
export function healingLines({ healing = {} }: Pick<HeldGroup, 'healing'>): string[] {
  return [...new Set(Object.values(healing).map(({ summary }) => summary))].filter((line) => line !== '');
}

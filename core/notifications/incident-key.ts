/** Which incident of ours a key is about. */
export interface IncidentKey {
  readonly environment: string;
  readonly groupId: string;
  readonly generation: number;
  readonly episode: number;
}

/**
 * `nsmon/dev/3fa1.../7/2`: the name of an incident at PagerDuty, Opsgenie and JSM, and what Slack's button says. The
 * generation and the episode are part of it, so that an incident that is open or acknowledged never swallows one that is
 * new or worse.
 */
export function formatIncidentKey({ environment, groupId, generation, episode }: IncidentKey): string {
  return `nsmon/${environment}/${groupId}/${generation}/${episode}`;
}

/** @returns undefined when the key is not one of ours */
export function parseIncidentKey(key: string): IncidentKey | undefined {
  const [, environment, groupId, generation, episode] =
    /^nsmon\/([\w-]+)\/([^/]+)\/(\d{1,9})\/(\d{1,9})$/.exec(key) ?? [];
  if (environment === undefined || groupId === undefined) return undefined;
  return { environment, groupId, generation: Number(generation), episode: Number(episode) };
}

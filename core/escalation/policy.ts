/** Ways to reach people. The addresses and keys are in the channels secret. */
export const CHANNELS = ['slack', 'sns', 'pagerduty', 'webhook', 'email', 'sms', 'opsgenie', 'jsm'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A channel that keeps an incident, which must be resolved by its own key; the others carry messages. */
export function keepsIncidents(channel: Channel): boolean {
  return channel === 'pagerduty' || channel === 'opsgenie' || channel === 'jsm';
}

/** One rung of the ladder: who learns of it, and when nobody below has acknowledged. */
export interface Level {
  /** Since the first notification. The first level's is usually 0; each is longer than the one before. */
  readonly afterMs: number;
  readonly channels: readonly Channel[];
}

export interface EscalationPolicy {
  readonly name: string;
  /** Empty: nobody is told. */
  readonly levels: readonly Level[];
  /** The whole ladder again after this time without an acknowledgement; absent: the route's repeat_interval. */
  readonly repeatEveryMs?: number;
  /** How often again; absent: as long as it fires. */
  readonly repeatTimes?: number;
}

export interface EscalationConfig {
  readonly policies: ReadonlyMap<string, EscalationPolicy>;
  /** Alertmanager receiver to the name of its policy. */
  readonly receivers: ReadonlyMap<string, string>;
}

/**
 * The policy of a receiver. One that escalation.yaml does not name tells the channels of its own integrations at once,
 * as Alertmanager would; one without any tells nobody.
 */
export function policyFor(
  config: EscalationConfig,
  receiver: string,
  integrationsOf: (receiver: string) => readonly string[],
): EscalationPolicy {
  const policy = config.policies.get(config.receivers.get(receiver) ?? '');
  if (policy) return policy;
  const integrations = integrationsOf(receiver);
  const channels = CHANNELS.filter((channel) => integrations.includes(channel));
  return { name: `receiver ${receiver}`, levels: channels.length > 0 ? [{ afterMs: 0, channels }] : [] };
}

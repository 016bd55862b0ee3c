import type { Receiver } from '../alerting/routing/config.ts';

/** Ways to reach people. The addresses and keys are in the channels secret. */
export const CHANNELS = [
  'slack',
  'sns',
  'pagerduty',
  'webhook',
  'heartbeat',
  'email',
  'sms',
  'opsgenie',
  'jsm',
] as const;
export type Channel = (typeof CHANNELS)[number];

/** A channel that keeps an incident, which must be resolved by its own key; the others carry messages. */
export function keepsIncidents(channel: Channel): boolean {
  return channel === 'pagerduty' || channel === 'opsgenie' || channel === 'jsm';
}

/** One rung of the ladder: who learns of it, and when nobody below has acknowledged. */
export interface Level {
  /** Since the first notification. The first level's is usually 0; each is longer than the one before. */
  readonly afterMs: number;
  /** Channels that many read: a room, a service. */
  readonly channels: readonly Channel[];
  /** Schedules: whoever is on call when the level is due, over the channels of their own. */
  readonly oncall?: readonly string[];
  /** Handles of people who are told whoever is on call. */
  readonly people?: readonly string[];
  /** The channel has an escalation of its own (PagerDuty, Opsgenie): once it took the page, ours repeats nothing. */
  readonly handOver?: boolean;
}

/** Where one notification goes. */
export interface Target {
  readonly channel: Channel;
  /** Handle of the person whose own channel it is; absent for one that many read. */
  readonly person?: string;
  /** Further channels of the person, in this order, where `channel` refuses or has no budget left. */
  readonly otherwise?: readonly Channel[];
}

/** Whom a level tells at a certain time. */
export interface LevelTargets {
  /** Each once: channels first, then who is on call, then people. */
  readonly targets: readonly Target[];
  /** Schedules with nobody on call, and names that oncall.yaml does not have any more; to be said loudly. */
  readonly nobody: readonly string[];
}

/** `slack`, or `sms@ada`. */
export function addressOf({ channel, person }: Omit<Target, 'otherwise'>): string {
  return person === undefined ? channel : `${channel}@${person}`;
}

/** Of a policy that names no people: its channels, whenever it is. */
export function channelsOnly({ channels }: Level): LevelTargets {
  return { targets: channels.map((channel) => ({ channel })), nobody: [] };
}

/** A channel of a receiver that has no policy. */
export interface PolicyIntegration {
  /** Its place in the receiver: `slack[0]`. */
  readonly key: string;
  readonly channel: Channel;
  readonly sendResolved: boolean;
}

export interface EscalationPolicy {
  readonly name: string;
  /** Instead of levels, of a receiver that escalation.yaml does not name: told as Alertmanager would tell them. */
  readonly integrations?: readonly PolicyIntegration[];
  /** Empty: nobody is told. */
  readonly levels: readonly Level[];
  /** The whole ladder again after this time without an acknowledgement; absent: the route's repeat_interval. */
  readonly repeatEveryMs?: number;
  /** How often again; absent: as long as it fires. */
  readonly repeatTimes?: number;
  /** How long an acknowledgement is believed without progress; absent: until the end. */
  readonly acknowledgeLeaseMs?: number;
}

export interface EscalationConfig {
  readonly policies: ReadonlyMap<string, EscalationPolicy>;
  /** Alertmanager receiver to the name of its policy. */
  readonly receivers: ReadonlyMap<string, string>;
}

/** Alertmanager's word for a channel, where it differs from ours. */
export const CHANNEL_OF_KIND: Readonly<Record<string, Channel>> = { jira: 'jsm' };

/**
 * The policy of a receiver. One that escalation.yaml does not name tells its own integrations as Alertmanager would; one
 * without any tells nobody.
 */
export function policyFor(
  { policies, receivers }: EscalationConfig,
  { name, integrations }: Receiver,
): EscalationPolicy {
  const policy = policies.get(receivers.get(name) ?? '');
  if (policy) return policy;
  const sent = integrations.flatMap(({ key, kind, sendResolved }): PolicyIntegration[] => {
    const channel = CHANNEL_OF_KIND[kind] ?? CHANNELS.find((known) => known === kind);
    return channel ? [{ key, channel, sendResolved }] : [];
  });
  return { name: `receiver ${name}`, levels: [], integrations: sent };
}

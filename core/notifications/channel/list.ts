import type { Channel } from '../../escalation/policy.ts';
import type { ChannelKind } from './channel.ts';
import { email } from './email.ts';
import { heartbeat } from './heartbeat.ts';
import { jsm } from './jsm.ts';
import { opsgenie } from './opsgenie.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { sms } from './sms.ts';
import { sns } from './sns.ts';
import { webhook } from './webhook.ts';

/** Every channel. */
export const channelKinds: Readonly<Record<Channel, ChannelKind>> = {
  slack,
  sns,
  pagerduty,
  webhook,
  heartbeat,
  email,
  sms,
  opsgenie,
  jsm,
};

import type { Channel } from '../escalation/policy.ts';
import { ChannelNotConfigured, type Channels } from './channels.ts';
import type { Message } from './message.ts';
import { pagerdutyRequest } from './pagerduty.ts';
import type { ChannelRequest } from './request.ts';
import { slackRequest } from './slack.ts';
import { snsRequest } from './sns.ts';
import { webhookRequest } from './webhook.ts';

export interface BuildContext {
  readonly channels: Channels;
  readonly environment: string;
  readonly nowMs: number;
}

type Build = (message: Message, context: BuildContext) => ChannelRequest;

const BUILDERS: Readonly<Record<Channel, Build>> = {
  slack: (message, { channels: { slack } }) => {
    if (!slack) throw new ChannelNotConfigured('slack', '{"slack": {"webhookUrl": "https://hooks.slack.com/..."}}');
    return slackRequest(slack.webhookUrl, message);
  },
  pagerduty: (message, { channels: { pagerduty }, environment }) => {
    if (!pagerduty) throw new ChannelNotConfigured('pagerduty', '{"pagerduty": {"routingKey": "..."}}');
    return pagerdutyRequest(pagerduty, message, environment);
  },
  webhook: (message, { channels: { webhook }, nowMs }) => {
    if (!webhook) throw new ChannelNotConfigured('webhook', '{"webhook": {"url": "https://...", "signingKey": "..."}}');
    return webhookRequest(webhook, message, nowMs);
  },
  heartbeat: (message, { channels: { heartbeat }, nowMs }) => {
    if (!heartbeat)
      throw new ChannelNotConfigured('heartbeat', '{"heartbeat": {"url": "https://...", "signingKey": "..."}}');
    return webhookRequest(heartbeat, message, nowMs);
  },
  sns: (message) => snsRequest(message),
  email: notYet('email'),
  sms: notYet('sms'),
  opsgenie: notYet('opsgenie'),
  jsm: notYet('jsm'),
};

function notYet(channel: Channel): Build {
  return () => {
    throw new ChannelNotConfigured(channel, 'it');
  };
}

/**
 * The request that brings a message to a channel.
 * @throws ChannelNotConfigured when the secret does not say how to reach it
 */
export function buildRequest(channel: Channel, message: Message, context: BuildContext): ChannelRequest {
  return BUILDERS[channel](message, context);
}

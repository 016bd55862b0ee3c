import { ChannelNotConfigured } from '../channels.ts';
import type { ChannelKind } from './channel.ts';
import { webhookRequest } from './webhook.ts';

/** The watcher in another region: a signed webhook at an address of its own, so that nobody else's can take its place. */
export const heartbeat: ChannelKind = {
  requests(message, { channels: { heartbeat: settings }, environment, nowMs }) {
    const example = '{"heartbeat": {"url": "https://...", "signingKey": "..."}}';
    if (!settings) throw new ChannelNotConfigured('heartbeat', example);
    return [webhookRequest(settings, message, environment, nowMs)];
  },
  verdict: ({ status }) => (status === 200 ? 'delivered' : undefined),
};

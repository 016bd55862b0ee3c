import { ChannelNotConfigured } from '../channels.ts';
import type { ChannelKind } from './channel.ts';
import { webhookRequest } from './webhook.ts';

/** The alert that always fires, brought to the watcher in the other region: a signed webhook with an address of its own. */
export const heartbeat: ChannelKind = {
  requests(message, { channels: { heartbeat: settings }, environment, nowMs }) {
    const example = '{"heartbeat": {"url": "https://...", "signingKey": "..."}}';
    if (!settings) throw new ChannelNotConfigured('heartbeat', example);
    return [webhookRequest(settings, message, environment, nowMs)];
  },
  verdict: ({ status }) => (status === 200 ? 'delivered' : undefined),
};

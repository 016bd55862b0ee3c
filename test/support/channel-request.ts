import type { Channel } from '../../core/escalation/policy.ts';
import type { ChannelContext } from '../../core/notifications/channel/channel.ts';
import { channelKinds } from '../../core/notifications/channel/list.ts';
import type { Message } from '../../core/notifications/message.ts';
import type { ChannelRequest } from '../../core/notifications/request.ts';

/** The first request that brings a message to a channel. */
export function requestOf(channel: Channel, message: Message, context: ChannelContext): ChannelRequest {
  const [first] = channelKinds[channel].requests(message, context);
  if (!first) throw new Error(`${channel} makes no request`);
  return first;
}

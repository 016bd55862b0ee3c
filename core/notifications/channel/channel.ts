import type { Answer, Verdict } from '../answer.ts';
import type { Channels } from '../channels.ts';
import type { Message } from '../message.ts';
import type { ChannelRequest } from '../request.ts';

/** What a channel needs to know beside the message. */
export interface ChannelContext {
  /** Addresses and keys. */
  readonly channels: Channels;
  readonly environment: string;
  readonly nowMs: number;
  /** What the channel called the incident's earlier message, if it did. */
  readonly receipt?: string;
}

/** An HTTP status and its body; of AWS services that of the service's answer. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** A way to reach people. One file each in this folder, one line each in `list.ts`. */
export interface ChannelKind {
  /**
   * The requests that bring a message there, in order.
   * @throws ChannelNotConfigured when the secret does not say how to reach it
   */
  readonly requests: (message: Message, context: ChannelContext) => readonly ChannelRequest[];
  /** What a reply means here; undefined: what it means everywhere (answer.ts). */
  readonly verdict: (reply: Reply, request: ChannelRequest) => Verdict | undefined;
  /** What to send in the place of a request that was refused for good, because what it builds upon is gone. */
  readonly instead?: (
    refused: ChannelRequest,
    answer: Answer,
    message: Message,
    context: ChannelContext,
  ) => readonly ChannelRequest[] | undefined;
  /** What the channel calls the message it took: the context of later ones. */
  readonly receipt?: (reply: Reply) => string | undefined;
}

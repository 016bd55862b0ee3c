import { type Answer, classify, type Verdict } from './answer.ts';
import type { ChannelContext, ChannelKind } from './channel/channel.ts';
import type { Message } from './message.ts';
import type { ChannelRequest } from './request.ts';

/** What became of a message. */
export interface Delivery {
  readonly verdict: Verdict;
  /** The one that the verdict is from. */
  readonly answer: Answer;
  /** What the channel calls the message. */
  readonly receipt?: string;
}

/**
 * Brings a message to a channel: each of its requests in order. One that may be taken later ends it: all are sent again
 * then. One that is refused for good does not keep the others, of another telephone, say, from being sent.
 * @throws ChannelNotConfigured when the secret does not say how to reach it
 */
export async function deliver(
  kind: ChannelKind,
  message: Message,
  context: ChannelContext,
  send: (request: ChannelRequest) => Promise<Answer>,
): Promise<Delivery> {
  const waiting = [...kind.requests(message, context)];
  let { receipt } = context;
  let refused: Answer | undefined;
  let answer: Answer = { error: 'there was nothing to send' };
  const withReceipt = (): { receipt?: string } => (receipt === undefined ? {} : { receipt });
  for (let request = waiting.shift(); request; request = waiting.shift()) {
    answer = await send(request);
    const verdict = classify(kind, answer, request);
    if (verdict === 'retry') return { verdict, answer, ...withReceipt() };
    if (verdict === 'gave-up') {
      const instead = kind.instead?.(request, answer, message, context);
      if (!instead) refused = answer;
      else waiting.splice(0, waiting.length, ...instead);
    } else if ('status' in answer) {
      receipt = kind.receipt?.(answer) ?? receipt;
    }
  }
  return { verdict: refused ? 'gave-up' : 'delivered', answer: refused ?? answer, ...withReceipt() };
}

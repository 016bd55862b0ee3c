import type { Message } from '../message.ts';
import { asciiOf, type SnsRequest } from '../request.ts';
import type { ChannelKind } from './channel.ts';
import { plainText } from './text.ts';

/** The topic of the environment: plain text, because that is what e-mail and SMS subscribers read. */
export const sns: ChannelKind = {
  requests: (message) => [snsRequest(message)],
  verdict: ({ status }) => (status === 200 ? 'delivered' : undefined),
};

function snsRequest(message: Message): SnsRequest {
  const { title, kind, severity, person } = message;
  return {
    transport: 'sns',
    subject: asciiOf(title).slice(0, 100),
    message: plainText(message),
    // For subscribers that filter: a phone for what is critical only.
    attributes: { kind, severity, ...(person === undefined ? {} : { person }) },
  };
}

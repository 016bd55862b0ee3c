import { addressesFor, ChannelNotConfigured, personOf } from '../channels.ts';
import { shorten } from '../request.ts';
import type { ChannelKind } from './channel.ts';
import { emailHtml } from './email-html.ts';
import { plainText } from './text.ts';

/** RFC 5322, 2.1.1: a line of a header is at most 998 characters; people read far fewer. */
const MAX_SUBJECT = 200;

/** E-mail by SES, as text and as HTML. */
export const email: ChannelKind = {
  requests(message, { channels, environment }) {
    const to = addressesFor(message.person, personOf(channels, message.person)?.email, channels.email?.to);
    if (to.length === 0) {
      throw new ChannelNotConfigured('email', '{"email": {"to": ["on-call@example.org"]}}', message.person, 'email');
    }
    const subject = shorten(message.title.replace(/\s+/g, ' '), MAX_SUBJECT);
    return [{ transport: 'email', to, subject, message: plainText(message), html: emailHtml(message, environment) }];
  },
  verdict: ({ status }) => (status === 200 ? 'delivered' : undefined),
};

import { addressesFor, ChannelNotConfigured, personOf } from '../channels.ts';
import { asciiOf, shorten } from '../request.ts';
import type { ChannelKind } from './channel.ts';

/** Of the title: with the link it is two or three segments of 153 characters. */
const MAX_TITLE = 200;

/** A text message by SNS: the title and, while it is open, where to acknowledge. */
export const sms: ChannelKind = {
  requests({ title, acknowledgeUrl, person }, { channels }) {
    const to = addressesFor(person, personOf(channels, person)?.phone, channels.sms?.to);
    if (to.length === 0) throw new ChannelNotConfigured('sms', '{"sms": {"to": ["+4915112345678"]}}', person, 'phone');
    // One character outside of GSM's alphabet would halve what fits a segment.
    const text = asciiOf(shorten(title, MAX_TITLE).replace('…', '...'));
    const message = acknowledgeUrl === undefined ? text : `${text}\nAcknowledge: ${acknowledgeUrl}`;
    return to.map((number) => ({ transport: 'sms', to: number, message }));
  },
  verdict: ({ status }) => (status === 200 ? 'delivered' : undefined),
};

import { ChannelNotConfigured, personOf } from '../channels.ts';
import type { ChannelKind } from './channel.ts';
import { genieRequest } from './genie.ts';

const API_URLS = { us: 'https://api.opsgenie.com', eu: 'https://api.eu.opsgenie.com' };

/** Opsgenie's Alert API. Atlassian ends it on 5 April 2027: `jsm` is what comes after it. */
export const opsgenie: ChannelKind = {
  requests(message, { channels, environment }) {
    const { opsgenie: settings } = channels;
    if (!settings) throw new ChannelNotConfigured('opsgenie', '{"opsgenie": {"apiKey": "...", "region": "eu"}}');
    const username = personOf(channels, message.person)?.email;
    if (message.person !== undefined && username === undefined)
      throw new ChannelNotConfigured('opsgenie', '', message.person, 'email');
    const responders = username === undefined ? [] : [{ type: 'user', username } as const];
    const apiUrl = settings.apiUrl ?? API_URLS[settings.region];
    return [genieRequest({ apiUrl, apiKey: settings.apiKey, responders }, message, environment)];
  },
  verdict: ({ status }) => (status === 202 ? 'delivered' : undefined),
};

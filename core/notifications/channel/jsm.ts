import { ChannelNotConfigured, personOf } from '../channels.ts';
import type { ChannelKind } from './channel.ts';
import { genieRequest } from './genie.ts';

const API_URL = 'https://api.atlassian.com/jsm/ops/integration';

/** Alerts of Jira Service Management, by the API of its integrations: that of Opsgenie at another address. */
export const jsm: ChannelKind = {
  requests(message, { channels, environment }) {
    const { jsm: settings } = channels;
    if (!settings) throw new ChannelNotConfigured('jsm', '{"jsm": {"apiKey": "..."}}');
    const id = personOf(channels, message.person)?.jsmUserId;
    if (message.person !== undefined && id === undefined)
      throw new ChannelNotConfigured('jsm', '', message.person, 'jsmUserId');
    const responders = id === undefined ? [] : [{ type: 'user', id } as const];
    return [
      genieRequest({ apiUrl: settings.apiUrl ?? API_URL, apiKey: settings.apiKey, responders }, message, environment),
    ];
  },
  verdict: ({ status }) => (status === 202 ? 'delivered' : undefined),
};

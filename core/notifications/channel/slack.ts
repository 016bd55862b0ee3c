import type { Verdict } from '../answer.ts';
import { ChannelNotConfigured, type Channels, personOf } from '../channels.ts';
import { formatIncidentKey } from '../incident-key.ts';
import type { Message } from '../message.ts';
import { type ChannelRequest, type HttpRequest, postJson } from '../request.ts';
import type { ChannelContext, ChannelKind, Reply } from './channel.ts';
import { slackMessage } from './slack-blocks.ts';

const API_URL = 'https://slack.com/api';
/** Errors of the Web API that pass by themselves. */
const PASSING = [
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
];
/** Errors that say that the earlier message is not there to be changed: a new one is posted. */
const GONE = ['message_not_found', 'cant_update_message', 'edit_window_closed'];

/**
 * Slack. With a bot's token an incident has one message, which is changed as things change; what is worse is also said
 * in its thread and shown in the channel, because a change alerts nobody. Without a token each notification is a message
 * of the incoming webhook.
 */
export const slack: ChannelKind = {
  requests(message, context) {
    const api = apiOf(message, context);
    if (!api) return [incomingWebhook(message, context)];
    const { receipt } = context;
    const [channel, ts] = receipt?.split('/') ?? [];
    if (channel === undefined || ts === undefined) return [post(api, message, context)];
    const isWorse = message.kind !== 'acknowledged' && message.kind !== 'resolved';
    return [
      call(api, 'chat.update', { channel, ts, ...slackMessage(message, optionsOf(message, context)) }),
      ...(isWorse ? [reply(api, channel, ts, message)] : []),
    ];
  },
  verdict: (answer, request) => (isApi(request) ? apiVerdict(answer) : answer.status === 200 ? 'delivered' : undefined),
  instead(refused, answer, message, context) {
    const api = apiOf(message, context);
    const isUpdate = refused.transport === 'http' && refused.url.endsWith('/chat.update');
    const error = 'status' in answer ? readReply(answer.text)?.error : undefined;
    return api && isUpdate && GONE.includes(error ?? '') ? [post(api, message, context)] : undefined;
  },
  receipt(answer) {
    const { ok, channel, ts, message } = readReply(answer.text) ?? {};
    return ok && channel && ts && message?.thread_ts === undefined ? `${channel}/${ts}` : undefined;
  },
};

interface Api {
  readonly url: string;
  readonly botToken: string;
  /** Of a channel, or of a person, who then gets a direct message. */
  readonly to: string;
}

function apiOf({ person }: Message, { channels }: ChannelContext): Api | undefined {
  const { botToken, channel, apiUrl = API_URL } = channels.slack ?? {};
  const to = person === undefined ? channel : personOf(channels, person)?.slackUserId;
  return botToken && to ? { url: apiUrl.replace(/\/$/, ''), botToken, to } : undefined;
}

function post(api: Api, message: Message, context: ChannelContext): HttpRequest {
  return call(api, 'chat.postMessage', { channel: api.to, ...slackMessage(message, optionsOf(message, context)) });
}

function reply(api: Api, channel: string, thread_ts: string, message: Message): HttpRequest {
  const { text } = slackMessage(message, {}) as { text: string };
  return call(api, 'chat.postMessage', { channel, thread_ts, reply_broadcast: true, text });
}

function call({ url, botToken }: Api, method: string, body: object): HttpRequest {
  return postJson(`${url}/${method}`, body, { authorization: `Bearer ${botToken}` });
}

function incomingWebhook(message: Message, context: ChannelContext): HttpRequest {
  const { channels } = context;
  const mention = personOf(channels, message.person)?.slackUserId;
  const url = message.person === undefined || mention ? channels.slack?.webhookUrl : undefined;
  const example = '{"slack": {"webhookUrl": "https://hooks.slack.com/..."}}';
  if (url === undefined) throw new ChannelNotConfigured('slack', example, message.person, 'slackUserId');
  const options = { ...optionsOf(message, context), ...(mention === undefined ? {} : { mention }) };
  return postJson(url, slackMessage(message, options));
}

/** With the signing secret clicks can be believed; without it the button is a link to the page. */
function optionsOf(message: Message, { channels, environment }: ChannelContext): { readonly clickValue?: string } {
  const { signingSecret }: NonNullable<Channels['slack']> = channels.slack ?? {};
  return signingSecret === undefined ? {} : { clickValue: formatIncidentKey({ ...message, environment }) };
}

function isApi(request: ChannelRequest): boolean {
  return request.transport === 'http' && /\/chat\.(postMessage|update)$/.test(request.url);
}

/** The Web API answers 200 to whatever it has read, and says in the body what it thinks of it. */
function apiVerdict({ status, text }: Reply): Verdict | undefined {
  if (status !== 200) return undefined;
  const reply = readReply(text);
  if (!reply) return 'retry';
  return reply.ok ? 'delivered' : PASSING.includes(reply.error ?? '') ? 'retry' : 'gave-up';
}

interface ApiReply {
  readonly ok: boolean;
  readonly error?: string;
  readonly channel?: string;
  readonly ts?: string;
  readonly message?: { readonly thread_ts?: string };
}

function readReply(text: string): ApiReply | undefined {
  try {
    const reply = JSON.parse(text) as Partial<ApiReply> | null;
    return typeof reply?.ok === 'boolean' ? (reply as ApiReply) : undefined;
  } catch {
    return undefined;
  }
}

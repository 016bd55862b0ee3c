import { ACKNOWLEDGE_ACTION } from '../channel/slack-blocks.ts';
import { type Channels, nameBy } from '../channels.ts';
import { parseIncidentKey } from '../incident-key.ts';
import type { InboundEvent, Refusal } from './event.ts';
import { hmacHex, isSame } from './signature.ts';

/** Slack's own advice: what is older may be a replay. */
const OLDEST_MS = 5 * 60_000;

/** A click on our button, and where its message can be changed. */
export interface SlackClick extends InboundEvent {
  readonly responseUrl?: string;
}

/**
 * A request of Slack's interactivity: a form with the field `payload`.
 * @param body as it came: `x-slack-signature` is the HMAC of `v0:<x-slack-request-timestamp>:<body>`
 */
export function readSlackInteraction(
  body: string,
  headers: { readonly signature: string | undefined; readonly timestamp: string | undefined },
  channels: Channels,
  nowMs: number,
): SlackClick | Refusal {
  const { slack } = channels;
  const { signature = '', timestamp = '' } = headers;
  if (slack?.signingSecret === undefined) return { refused: 'the channels secret has no slack.signingSecret' };
  const right = `v0=${hmacHex(slack.signingSecret, `v0:${timestamp}:${body}`)}`;
  if (!isSame(signature, right)) return { refused: 'the signature is missing or wrong' };
  if (!(Math.abs(nowMs - Number(timestamp) * 1000) <= OLDEST_MS)) return { refused: 'the request is not of now' };
  const payload = readPayload(body);
  const click = payload?.actions?.find(({ action_id: id }) => id === ACKNOWLEDGE_ACTION);
  if (payload?.type !== 'block_actions' || !click) return { ignored: 'it is no click on our button' };
  const incident = parseIncidentKey(click.value ?? '');
  if (!incident) return { ignored: 'the button is not one of ours' };
  const { id, name, username } = payload.user ?? {};
  return {
    id: `slack ${signature}`,
    incident,
    action: 'acknowledge',
    what: 'acknowledged',
    by: nameBy(channels, 'slackUserId', id) ?? name ?? username ?? id ?? 'somebody',
    at: 'Slack',
    ...(isOfSlack(payload.response_url, slack) ? { responseUrl: payload.response_url } : {}),
  };
}

/** Slack's own address, or that of the stand-in that the secret names. */
function isOfSlack(url: string | undefined, slack: NonNullable<Channels['slack']>): url is string {
  if (url === undefined || !URL.canParse(url)) return false;
  const known = ['https://hooks.slack.com', slack.webhookUrl, slack.apiUrl];
  return known.some((one) => one !== undefined && new URL(one).origin === new URL(url).origin);
}

interface Payload {
  readonly type?: string;
  readonly user?: { readonly id?: string; readonly name?: string; readonly username?: string };
  readonly actions?: readonly { readonly action_id?: string; readonly value?: string }[];
  readonly response_url?: string;
}

function readPayload(body: string): Payload | undefined {
  try {
    return (JSON.parse(new URLSearchParams(body).get('payload') ?? '') as Payload | null) ?? undefined;
  } catch {
    return undefined;
  }
}

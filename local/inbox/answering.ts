import { createHmac, randomUUID } from 'node:crypto';
import type { InboxMessage } from './message.ts';

/** Where the services report what people do in them, and what they sign it with. */
export interface Inbound {
  /** Function URL of `inbound-events`. */
  readonly url: string;
  readonly pagerdutySecret: string;
  readonly slackSecret: string;
}

/** Whoever sits before the inbox. */
const SOMEBODY = { id: 'U0INBOX', name: 'Somebody at the inbox' };

/** The request that a service makes when somebody acknowledges in it; undefined where that cannot be done. */
export function answerIn(
  message: InboxMessage,
  inbound: Inbound,
  responseUrl: string,
  nowMs: number,
): Request | undefined {
  if (message.channel === 'pagerduty' && message.dedupKey) return pagerdutyAcknowledges(message, inbound, nowMs);
  if (message.channel === 'slack' && message.clickValue) return slackClicks(message, inbound, responseUrl, nowMs);
  return undefined;
}

/** The request that PagerDuty makes when somebody acknowledges an incident in it: a V3 webhook. */
function pagerdutyAcknowledges({ dedupKey, summary }: InboxMessage, inbound: Inbound, nowMs: number): Request {
  const body = JSON.stringify({
    event: {
      id: randomUUID(),
      event_type: 'incident.acknowledged',
      resource_type: 'incident',
      occurred_at: new Date(nowMs).toISOString(),
      agent: { id: SOMEBODY.id, type: 'user_reference', summary: SOMEBODY.name },
      client: null,
      data: {
        id: 'Q0INBOX',
        type: 'incident',
        status: 'acknowledged',
        incident_key: dedupKey,
        title: summary,
        assignees: [],
      },
    },
  });
  return new Request(new URL('pagerduty', inbound.url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'PagerDuty-Webhook/V3.0',
      'x-webhook-id': randomUUID(),
      'x-pagerduty-signature': `v1=${hmac(inbound.pagerdutySecret, body)}`,
    },
    body,
  });
}

/** The request that Slack makes when somebody clicks a message's button, which may be changed at `responseUrl`. */
function slackClicks({ clickValue }: InboxMessage, inbound: Inbound, responseUrl: string, nowMs: number): Request {
  const payload = {
    type: 'block_actions',
    user: { id: SOMEBODY.id, username: 'somebody', name: SOMEBODY.name },
    actions: [{ type: 'button', action_id: 'acknowledge', value: clickValue }],
    response_url: responseUrl,
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(nowMs / 1000));
  return new Request(new URL('slack', inbound.url), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hmac(inbound.slackSecret, `v0:${timestamp}:${body}`)}`,
    },
    body,
  });
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

import type { GroupRecord } from '../../core/escalation/group.ts';
import type { Answer } from '../../core/notifications/answer.ts';
import { slackMessage } from '../../core/notifications/channel/slack-blocks.ts';
import type { Channels } from '../../core/notifications/channels.ts';
import type { Refusal } from '../../core/notifications/inbound/event.ts';
import { readPagerDutyWebhook } from '../../core/notifications/inbound/pagerduty.ts';
import { readSlackInteraction, type SlackClick } from '../../core/notifications/inbound/slack.ts';
import { messageOf } from '../../core/notifications/message.ts';
import { type HttpRequest, postJson } from '../../core/notifications/request.ts';
import { type Applied, type ApplyPorts, applyEvent } from './apply-event.ts';

export interface InboundRequest {
  readonly method: string;
  /** `/pagerduty` or `/slack`. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As it came. */
  readonly body: string;
}

export interface InboundPorts extends ApplyPorts {
  /** Throws when the secret is missing or wrong. */
  readonly channels: () => Promise<Channels>;
  readonly send: (request: HttpRequest) => Promise<Answer>;
  readonly runbookBaseUrl: string;
}

/** What is answered, and how it is counted. */
export interface InboundAnswer {
  readonly status: number;
  readonly outcome: 'applied' | 'ignored' | 'refused';
  readonly detail: string;
}

/**
 * An answer of somebody at PagerDuty or Slack. Nothing is done that is not signed. What is signed and means nothing here
 * is taken all the same: PagerDuty switches a webhook off whose events are refused.
 */
export async function takeInbound(request: InboundRequest, ports: InboundPorts): Promise<InboundAnswer> {
  const { method, path, headers, body } = request;
  if (method !== 'POST') return { status: 405, outcome: 'refused', detail: `${method} is not POST` };
  const service = path.replace(/^\/+|\/+$/g, '');
  if (service !== 'pagerduty' && service !== 'slack')
    return { status: 404, outcome: 'refused', detail: `no service is at ${path}` };
  const channels = await ports.channels();
  const nowMs = ports.nowMs();
  const event: SlackClick | Refusal =
    service === 'pagerduty'
      ? readPagerDutyWebhook(body, headers['x-pagerduty-signature'], channels, nowMs)
      : readSlackInteraction(
          body,
          { signature: headers['x-slack-signature'], timestamp: headers['x-slack-request-timestamp'] },
          channels,
          nowMs,
        );
  if ('refused' in event) return { status: 401, outcome: 'refused', detail: event.refused };
  if ('ignored' in event) return { status: 200, outcome: 'ignored', detail: event.ignored };
  const applied = await applyEvent(event, ports);
  if ('responseUrl' in event) await tellSlack(event, applied, ports);
  return { status: 200, outcome: 'applied', detail: `${event.by} (${event.at}) ${event.what}: ${applied.verdict}` };
}

/**
 * Changes the message whose button was clicked, so that nobody clicks it again. A failure changes nothing: what the click
 * did is stored, and the escalation tells everybody.
 */
async function tellSlack(click: SlackClick, { verdict, group }: Applied, ports: InboundPorts): Promise<void> {
  const { responseUrl } = click;
  if (responseUrl === undefined) return;
  const answer = group?.acknowledgement
    ? { replace_original: true, ...slackMessage(acknowledgedMessage(group, ports), {}) }
    : { response_type: 'ephemeral', replace_original: false, text: `There is nothing to acknowledge: ${verdict}.` };
  await ports.send(postJson(responseUrl, answer));
}

function acknowledgedMessage(group: GroupRecord, { runbookBaseUrl }: InboundPorts) {
  const episode = group.episode?.number ?? 1;
  const about = { key: '', kind: 'acknowledged', channel: 'slack', level: 1, episode, round: 0 } as const;
  return messageOf(group, about, { runbookBaseUrl });
}

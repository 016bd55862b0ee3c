import type { GroupRecord } from '../../core/escalation/group.ts';
import { type Outcome, recordOutcome } from '../../core/escalation/ledger.ts';
import { acknowledgeLink, LINK_VALID_MS } from '../../core/notifications/acknowledge-link.ts';
import { type Answer, describeAnswer } from '../../core/notifications/answer.ts';
import type { ChannelContext } from '../../core/notifications/channel/channel.ts';
import { channelKinds } from '../../core/notifications/channel/list.ts';
import { ChannelNotConfigured, type Channels } from '../../core/notifications/channels.ts';
import { deliver } from '../../core/notifications/deliver.ts';
import { messageOf } from '../../core/notifications/message.ts';
import type { ChannelRequest } from '../../core/notifications/request.ts';
import type { AlertsTable } from '../shared/alerts-table.ts';
import type { Groups } from '../shared/groups.ts';
import type { NotifyRequest } from '../shared/notify-request.ts';
import { overBudget } from './over-budget.ts';

export interface NotifyPorts {
  readonly table: AlertsTable;
  readonly groups: Groups;
  /** Throws when the secret is missing or wrong. */
  readonly channels: () => Promise<Channels>;
  readonly send: (request: ChannelRequest) => Promise<Answer>;
  readonly acknowledgeUrl: string;
  /** What a relative `runbook_url` is relative to; absent: such are left out. */
  readonly runbookBaseUrl?: string;
  readonly environment: string;
  readonly nowMs: () => number;
}

/** The channel did not take it now: the state machine tries again in a second, Decide after its pause. */
export class ChannelUnavailable extends Error {
  override readonly name = 'ChannelUnavailable';
}

/**
 * Sends one notification and stores what came of it. One that was delivered, or whose generation is over, is not sent.
 * @throws ChannelUnavailable when the channel may take it later, and has not said when
 */
export async function notify(request: NotifyRequest, ports: NotifyPorts): Promise<Outcome | 'skipped'> {
  const { groupId, generation, budget: _limits, texts: _words, ...notification } = request;
  const group = await ports.groups.get(groupId);
  const isOver = group?.generation !== generation || group.phase === 'closed';
  if (!group || isOver || group.sent[notification.key]?.status === 'delivered') return 'skipped';
  const refusal = await overBudget(ports.table, request, ports.nowMs());
  const outcome = refusal ?? (await outcomeOf(group, request, ports));
  await ports.groups.change(
    groupId,
    (before) => before && recordOutcome(before, generation, notification, outcome, ports.nowMs()),
  );
  if (outcome.status === 'failed' && outcome.notBeforeMs === undefined)
    throw new ChannelUnavailable(`${request.channel}: ${outcome.summary}`);
  return outcome;
}

async function outcomeOf(group: GroupRecord, request: NotifyRequest, ports: NotifyPorts): Promise<Outcome> {
  const { channel } = request;
  const nowMs = ports.nowMs();
  const secret = await ports.channels().catch((error: unknown) => error as Error);
  // SNS needs no secret but for the link: a message without is better than none.
  if (secret instanceof Error && channel !== 'sns') {
    return { status: 'failed', summary: `the channels secret: ${secret.message}` };
  }
  const channels = secret instanceof Error ? {} : secret;
  const { acknowledgeUrl, runbookBaseUrl, environment, send } = ports;
  const message = messageOf(group, request, {
    ...request.texts,
    ...linkOf(request, channels, acknowledgeUrl, nowMs),
    ...(runbookBaseUrl === undefined ? {} : { runbookBaseUrl }),
  });
  const receipt = receiptOf(group, request);
  const context: ChannelContext = { channels, environment, nowMs, ...(receipt === undefined ? {} : { receipt }) };
  try {
    const { verdict, answer, receipt: known } = await deliver(channelKinds[channel], message, context, send);
    const detail = verdict === 'delivered' ? '' : `: ${describeAnswer(answer)}`;
    const retryAfterMs = verdict === 'retry' && 'status' in answer ? answer.retryAfterMs : undefined;
    return {
      status: verdict === 'retry' ? 'failed' : verdict,
      summary: `${message.title}${detail}`,
      ...(known === undefined ? {} : { receipt: known }),
      ...(retryAfterMs === undefined ? {} : { notBeforeMs: ports.nowMs() + retryAfterMs }),
    };
  } catch (error) {
    if (!(error instanceof ChannelNotConfigured)) throw error;
    return { status: 'gave-up', summary: error.message };
  }
}

function linkOf(
  { groupId, generation }: NotifyRequest,
  { acknowledge }: Channels,
  acknowledgeUrl: string,
  nowMs: number,
): { readonly acknowledgeUrl?: string } {
  if (!acknowledge) return {};
  const claim = { groupId, generation, expiresAtMs: nowMs + LINK_VALID_MS };
  return { acknowledgeUrl: acknowledgeLink(acknowledgeUrl, claim, acknowledge.signingKey) };
}

/** What the channel called the latest message of this incident to the same person. */
function receiptOf({ sent }: GroupRecord, { channel, person }: NotifyRequest): string | undefined {
  const same = Object.values(sent).filter((entry) => entry.channel === channel && entry.person === person);
  return same.sort((a, b) => a.atMs - b.atMs).findLast(({ receipt }) => receipt !== undefined)?.receipt;
}

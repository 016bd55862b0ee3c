import type { GroupRecord } from '../../core/escalation/group.ts';
import { type Outcome, recordOutcome } from '../../core/escalation/ledger.ts';
import { acknowledgeLink, LINK_VALID_MS } from '../../core/notifications/acknowledge-link.ts';
import { type Answer, classify, describeAnswer } from '../../core/notifications/answer.ts';
import { buildRequest } from '../../core/notifications/build.ts';
import { ChannelNotConfigured, type Channels } from '../../core/notifications/channels.ts';
import { messageOf } from '../../core/notifications/message.ts';
import type { ChannelRequest } from '../../core/notifications/request.ts';
import type { Groups } from '../shared/groups.ts';
import type { NotifyRequest } from '../shared/notify-request.ts';

export interface NotifyPorts {
  readonly groups: Groups;
  /** Throws when the secret is missing or wrong. */
  readonly channels: () => Promise<Channels>;
  readonly send: (request: ChannelRequest) => Promise<Answer>;
  readonly acknowledgeUrl: string;
  readonly environment: string;
  readonly nowMs: () => number;
}

/** The channel did not take it now: the state machine tries again in a second, Decide after its pause. */
export class ChannelUnavailable extends Error {
  override readonly name = 'ChannelUnavailable';
}

/**
 * Sends one notification and stores what came of it. One that was delivered, or whose generation is over, is not sent.
 * @throws ChannelUnavailable when the channel may take it later
 */
export async function notify(request: NotifyRequest, ports: NotifyPorts): Promise<Outcome | 'skipped'> {
  const { groupId, generation, ...notification } = request;
  const group = await ports.groups.get(groupId);
  const isOver = group?.generation !== generation || group.phase === 'closed';
  if (!group || isOver || group.sent[notification.key]?.status === 'delivered') return 'skipped';
  const outcome = await deliver(group, request, ports);
  await ports.groups.change(
    groupId,
    (before) => before && recordOutcome(before, generation, notification, outcome, ports.nowMs()),
  );
  if (outcome.status === 'failed') throw new ChannelUnavailable(`${request.channel}: ${outcome.summary}`);
  return outcome;
}

async function deliver(group: GroupRecord, request: NotifyRequest, ports: NotifyPorts): Promise<Outcome> {
  const { channel } = request;
  const nowMs = ports.nowMs();
  const secret = await ports.channels().catch((error: unknown) => error as Error);
  // SNS needs no secret but for the link: a message without is better than none.
  if (secret instanceof Error && channel !== 'sns') {
    return { status: 'failed', summary: `the channels secret: ${secret.message}` };
  }
  const channels = secret instanceof Error ? {} : secret;
  const message = messageOf(group, request, linkOf(request, channels, ports.acknowledgeUrl, nowMs));
  try {
    const built = buildRequest(channel, message, { channels, environment: ports.environment, nowMs });
    const answer = await ports.send(built);
    const verdict = classify(channel, answer);
    const detail = verdict === 'delivered' ? '' : `: ${describeAnswer(answer)}`;
    return { status: verdict === 'retry' ? 'failed' : verdict, summary: `${message.title}${detail}` };
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
): string | undefined {
  if (!acknowledge) return undefined;
  return acknowledgeLink(
    acknowledgeUrl,
    { groupId, generation, expiresAtMs: nowMs + LINK_VALID_MS },
    acknowledge.signingKey,
  );
}

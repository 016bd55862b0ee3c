import type { Channel } from '../../escalation/policy.ts';
import type { Message } from '../../notifications/message.ts';
import type { Receiver } from '../routing/config.ts';
import type { TemplateData } from './data.ts';
import { receiverTexts } from './receivers.ts';
import type { Templates } from './templates.ts';

/** Alertmanager knows these; what it does not know, such as an acknowledgement, keeps our words. */
const KNOWN_KINDS: readonly Message['kind'][] = ['trigger', 'escalate', 'resolved'];

/**
 * Puts a message into the words of its receiver's settings, where they have some for this channel: `title`, `text` and
 * their like. The data are those of the message, so names that were withheld from it are in no template either. Of a group
 * of more than 50 alerts templates see the first 50.
 * @returns the message as it was where a template is wrong, with the problems
 */
export function worded(
  message: Message,
  channel: Channel,
  { templates, receiver }: { readonly templates: Templates; readonly receiver: Receiver | undefined },
  externalUrl: string,
  nowMs: number,
): { readonly message: Message; readonly problems: readonly string[] } {
  const kind = channel === 'jsm' ? 'jira' : channel;
  const integration = receiver?.integrations.find((one) => one.kind === kind);
  if (!integration || !KNOWN_KINDS.includes(message.kind)) return { message, problems: [] };
  const { title, text, problems } = receiverTexts(templates, integration, dataOf(message, externalUrl), nowMs);
  return {
    message: {
      ...message,
      ...(title === undefined ? {} : { title }),
      ...(text === undefined ? {} : { summary: '', description: text }),
    },
    problems,
  };
}

function dataOf({ receiver, groupLabels, alerts }: Message, externalUrl: string): TemplateData {
  return {
    receiver,
    groupLabels,
    externalUrl,
    alerts: alerts.map(({ status, labels, annotations, startsAtMs, endsAtMs, fingerprint }) => ({
      // An alert whose sender is silent is not known to be over.
      status: status === 'resolved' ? 'resolved' : 'firing',
      labels,
      annotations,
      startsAtMs,
      ...(status === 'resolved' && endsAtMs !== undefined ? { endsAtMs } : {}),
      generatorUrl: '',
      fingerprint,
    })),
  };
}

import type { Integration, Receiver } from '../alerting/routing/config.ts';
import type { TemplateAlert, TemplateData } from '../alerting/templates/data.ts';
import { type ReceiverTexts, receiverTexts } from '../alerting/templates/receivers.ts';
import type { Templates } from '../alerting/templates/templates.ts';
import { type Withhold, withheld, withholder } from '../notifications/personal.ts';
import type { GroupRecord, Member } from './group.ts';
import type { Notification } from './notification.ts';
import { CHANNEL_OF_KIND } from './policy.ts';

/**
 * The headline and the text that the receiver's own settings give a notification, rendered by the configuration's
 * templates: of the integration that it is for, or, where a policy says whom to tell, of the first of that channel.
 * @returns undefined where the receiver leaves the words to us
 */
export function textsOf(
  group: GroupRecord,
  { channel, integration, kind }: Notification,
  receiver: Receiver | undefined,
  templates: Templates,
  nowMs: number,
): ReceiverTexts | undefined {
  // Who has it, and that somebody should say how it goes, are words that Alertmanager does not have.
  if (kind === 'acknowledged' || kind === 'reminder') return undefined;
  const isIts = (one: Integration): boolean =>
    integration === undefined ? (CHANNEL_OF_KIND[one.kind] ?? one.kind) === channel : one.key === integration;
  const settings = receiver?.integrations.find(isIts);
  if (!settings) return undefined;
  const texts = receiverTexts(templates, settings, dataOf(group, integration), nowMs);
  return texts.title === undefined && texts.text === undefined && texts.problems.length === 0 ? undefined : texts;
}

/**
 * What the notification tells: of a flush just its alerts, else all that are not held back. Names are taken out before a
 * template could put them into another form.
 */
function dataOf(group: GroupRecord, integration: string | undefined): TemplateData {
  const { receiver, groupLabels, members, dispatch } = group;
  const plan = dispatch?.pending?.flush.notifications.find((one) => one.integration === integration);
  const told = plan ? new Set([...plan.firing, ...plan.resolved]) : undefined;
  const isTold = ([fingerprint, { suppressed }]: [string, Member]): boolean =>
    told ? told.has(fingerprint) : !suppressed;
  const withhold = withholder(Object.values(members));
  const alerts = Object.entries(members)
    .filter(isTold)
    .map(([fingerprint, member]) => alertOf(fingerprint, member, withhold));
  return { receiver, groupLabels: withheld(groupLabels, withhold), externalUrl: '', alerts };
}

function alertOf(fingerprint: string, member: Member, withhold: Withhold): TemplateAlert {
  const { labels, annotations, status, activeAtMs, firedAtMs = activeAtMs, resolvedAtMs } = member;
  const ends = resolvedAtMs === undefined ? {} : { endsAtMs: resolvedAtMs };
  const isResolved = status === 'resolved';
  return {
    status: isResolved ? 'resolved' : 'firing',
    labels: withheld(labels, withhold),
    annotations: withheld(annotations, withhold),
    startsAtMs: firedAtMs,
    ...(isResolved ? ends : {}),
    generatorUrl: '',
    fingerprint,
  };
}

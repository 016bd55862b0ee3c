/** What a notification says happened to the alert group: PagerDuty's three words serve all channels. */
export type MessageStatus = 'trigger' | 'acknowledge' | 'resolve';

/** One notification as a person would have received it. */
export interface InboxMessage {
  /** 1, 2, 3, ... in order of arrival. */
  readonly id: number;
  /** Arrival, epoch milliseconds. */
  readonly at: number;
  readonly channel: Channel;
  readonly status: MessageStatus;
  /** One line. */
  readonly summary: string;
  readonly links: readonly Link[];
  /** The link to the acknowledge page, if the notification offers one. */
  readonly acknowledgeUrl?: string;
  /** Level of the escalation, from 1, if the notification says so. */
  readonly level?: number;
  /** PagerDuty's key of the incident; the alias of Opsgenie and JSM. */
  readonly dedupKey?: string;
  /** Where it was sent: an e-mail address, a telephone number, a path. */
  readonly to?: string;
  /** The HTML part of an e-mail; `raw` is its text part. */
  readonly html?: string;
  /** Slack's name of the message, and of the one it answers to. */
  readonly ts?: string;
  readonly threadTs?: string;
  /** How often it has been changed in place. */
  readonly edits?: number;
  /** What Slack reports when somebody clicks its button. */
  readonly clickValue?: string;
  /** Request headers of a webhook. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as it came. */
  readonly raw: string;
}

export type Channel = 'slack' | 'pagerduty' | 'webhook' | 'email' | 'sms' | 'opsgenie' | 'jsm';

export interface Link {
  readonly href: string;
  readonly text: string;
}

/** What a channel reads out of a request; the inbox adds number and time. */
export type Draft = Omit<InboxMessage, 'id' | 'at' | 'acknowledgeUrl' | 'level'>;

/** Completes a draft with what every channel says in the same words: the level, and where to acknowledge. */
export function toMessage(draft: Draft, id: number, at: number): InboxMessage {
  const acknowledge = draft.links.find(
    ({ href, text }) => /acknowledge/i.test(text) || /\back(nowledge)?\b/i.test(href),
  );
  const level = (/\blevel (\d+)/i.exec(draft.summary) ?? /"level":\s*"?(\d+)/i.exec(draft.raw))?.[1];
  return {
    id,
    at,
    ...draft,
    ...(acknowledge ? { acknowledgeUrl: acknowledge.href } : {}),
    ...(level ? { level: Number(level) } : {}),
  };
}

/** The status as the first word of a title tells it: `RESOLVED: ...`, `ACKNOWLEDGED by Robin: ...`. */
export function statusOf(title: string): MessageStatus {
  const [, word] = /^\W*(resolved|acknowledged)\b/i.exec(title) ?? [];
  if (word === undefined) return 'trigger';
  return /^r/i.test(word) ? 'resolve' : 'acknowledge';
}

/** Addresses in free text, without the punctuation that follows them; `Acknowledge: https://...` names the link. */
export function linksIn(text: string): Link[] {
  const links = new Map<string, Link>();
  for (const [, label = '', href = ''] of text.matchAll(LABELLED_LINK)) links.set(href, { href, text: label });
  return [...links.values()];
}

const LABELLED_LINK = /(?:([\w ]+):\s+)?(https?:\/\/[^\s"'<>|\\]+[^\s"'<>|\\.,;:)\]])/g;

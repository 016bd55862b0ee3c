import { type AcknowledgeVerdict, acknowledge, acknowledgeable } from '../../core/escalation/acknowledge.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import { type AcknowledgeClaim, verifyAcknowledge } from '../../core/notifications/acknowledge-link.ts';
import { formatTime, messageOf } from '../../core/notifications/message.ts';
import { type Escalations, serve } from '../shared/escalations.ts';
import type { Groups } from '../shared/groups.ts';
import { type HttpAnswer, type Page, render } from './page.ts';

/** A request to the function URL, as far as the page needs it. */
export interface PageRequest {
  readonly method: string;
  /** The `t` of the link. */
  readonly token: string;
  /** The form's fields. */
  readonly form: URLSearchParams;
}

export interface AcknowledgePorts {
  readonly groups: Groups;
  readonly escalations: Pick<Escalations, 'start' | 'wake'>;
  readonly signingKey: () => Promise<string>;
  readonly nowMs: () => number;
}

const MAX_NAME = 80;

/**
 * The page behind the link in a notification. Reading it changes nothing, because mail scanners and chat previews read
 * links; only its form acknowledges.
 */
export async function acknowledgePage(request: PageRequest, ports: AcknowledgePorts): Promise<HttpAnswer> {
  const { method, token, form } = request;
  if (!['GET', 'HEAD', 'POST'].includes(method)) return render(METHOD_NOT_ALLOWED);
  const claim = verifyAcknowledge(token, await ports.signingKey(), ports.nowMs());
  if (claim === 'invalid') return render(INVALID);
  if (claim === 'expired') return render(EXPIRED);
  if (method !== 'POST') return render(view(await ports.groups.get(claim.groupId), claim, token));

  const by = readName(form.get('by') ?? '');
  if (by === '') {
    const group = await ports.groups.get(claim.groupId);
    return render(view(group, claim, token, 'Please say who you are: others will rely on it.'));
  }
  let verdict = 'unknown alert' as AcknowledgeVerdict;
  const group = await ports.groups.change(claim.groupId, (before) => {
    const done = acknowledge(before, claim.generation, by, ports.nowMs());
    verdict = done.verdict;
    return done.group;
  });
  if (group) await serve(group, ports.escalations);
  return render(verdict === 'acknowledged' && group ? done(group) : view(group, claim, token));
}

/** Letters as people write them; no control characters, no line breaks. */
function readName(text: string): string {
  return text.replace(/\p{C}/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, MAX_NAME).trim();
}

function view(group: GroupRecord | undefined, claim: AcknowledgeClaim, token: string, problem?: string): Page {
  const state = acknowledgeable(group, claim.generation);
  if (!group || state === 'unknown alert') return UNKNOWN;
  if (state === 'already resolved') {
    return { status: 200, tone: 'calm', title: 'Already resolved', text: ['There is nothing left to acknowledge.'] };
  }
  if (state === 'already acknowledged') return { ...done(group), title: 'Already acknowledged' };
  const { title, summary, description, facts } = describe(group);
  const form = { action: `?t=${encodeURIComponent(token)}`, ...(problem ? { problem } : {}) };
  return {
    status: problem ? 400 : 200,
    tone: 'alarm',
    title,
    text: [summary, description].filter(Boolean),
    facts,
    form,
  };
}

function done(group: GroupRecord): Page {
  const { by = '', atMs = 0 } = group.acknowledgement ?? {};
  const text = [
    `${by} is taking care of it since ${formatTime(atMs)}.`,
    'The escalation has stopped, and everybody who was notified is told so.',
  ];
  return { status: 200, tone: 'calm', title: 'Acknowledged', text, facts: describe(group).facts };
}

function describe(group: GroupRecord) {
  const episode = group.episode?.number ?? 1;
  const about = { key: '', kind: 'trigger', channel: 'slack', level: 1, episode, round: 0 } as const;
  return messageOf(group, about, {});
}

const UNKNOWN: Page = {
  status: 404,
  tone: 'neutral',
  title: 'Unknown alert',
  text: ['Nothing is known of this alert. It may have been long ago.'],
};
const INVALID: Page = {
  status: 403,
  tone: 'neutral',
  title: 'This link is not valid',
  text: ['Open the link from the notification once more, all of it. Some programs cut long links.'],
};
const EXPIRED: Page = {
  status: 410,
  tone: 'neutral',
  title: 'This link has expired',
  text: ['If the alert still fires, a newer notification has a link that works.'],
};
const METHOD_NOT_ALLOWED: Page = {
  status: 405,
  tone: 'neutral',
  title: 'This page is only read and submitted',
  text: [],
};

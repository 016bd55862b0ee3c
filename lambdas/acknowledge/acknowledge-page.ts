import {
  type AcknowledgeVerdict,
  acknowledge,
  acknowledgeable,
  recordProgress,
} from '../../core/escalation/acknowledge.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import { type AcknowledgeClaim, verifyAcknowledge } from '../../core/notifications/acknowledge-link.ts';
import { formatTime, messageOf } from '../../core/notifications/message.ts';
import { type Escalations, serve } from '../shared/escalations.ts';
import type { Groups } from '../shared/groups.ts';
import { type Form, type HttpAnswer, type Page, render } from './page.ts';

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
const MAX_NOTE = 200;
/** Notes of progress that the page shows. */
const SHOWN_NOTES = 5;

/**
 * The page behind the link in a notification. Reading it changes nothing, because mail scanners and chat previews read
 * links; only its form acknowledges, or says later that somebody is still on it, from when the lease counts anew.
 */
export async function acknowledgePage(request: PageRequest, ports: AcknowledgePorts): Promise<HttpAnswer> {
  const { method, token, form } = request;
  if (!['GET', 'HEAD', 'POST'].includes(method)) return render(METHOD_NOT_ALLOWED);
  const claim = verifyAcknowledge(token, await ports.signingKey(), ports.nowMs());
  if (claim === 'invalid') return render(INVALID);
  if (claim === 'expired') return render(EXPIRED);
  if (method !== 'POST') return render(view(await ports.groups.get(claim.groupId), claim, token));

  const by = readLine(form.get('by') ?? '', MAX_NAME);
  const note = readLine(form.get('note') ?? '', MAX_NOTE);
  const isProgress = form.get('do') === 'progress';
  if (by === '') {
    const group = await ports.groups.get(claim.groupId);
    return render(view(group, claim, token, 'Please say who you are: others will rely on it.'));
  }
  let verdict = 'unknown alert' as AcknowledgeVerdict;
  const group = await ports.groups.change(claim.groupId, (before) => {
    const nowMs = ports.nowMs();
    const done = acknowledge(before, claim.generation, by, nowMs);
    verdict = done.verdict;
    // Whoever says so too late, after the lease has lapsed, takes it anew.
    return (isProgress && recordProgress(done.group, claim.generation, by, note, nowMs)) || done.group;
  });
  if (group) await serve(group, ports.escalations);
  if (!group || !['acknowledged', 'already acknowledged'].includes(verdict)) return render(view(group, claim, token));
  const title = isProgress ? 'Noted' : verdict === 'acknowledged' ? 'Acknowledged' : 'Already acknowledged';
  return render(taken(group, token, title));
}

/** Letters as people write them; no control characters, no line breaks. */
function readLine(text: string, longest: number): string {
  return text.replace(/\p{C}/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, longest).trim();
}

function view(group: GroupRecord | undefined, claim: AcknowledgeClaim, token: string, problem?: string): Page {
  const state = acknowledgeable(group, claim.generation);
  if (!group || state === 'unknown alert') return UNKNOWN;
  if (state === 'already resolved') {
    return { status: 200, tone: 'calm', title: 'Already resolved', text: ['There is nothing left to acknowledge.'] };
  }
  if (state === 'already acknowledged') return taken(group, token, 'Already acknowledged', problem);
  const { title, summary, description, facts } = describe(group);
  const form = formOf('acknowledge', token, problem);
  return {
    status: problem ? 400 : 200,
    tone: 'alarm',
    title,
    text: [summary, description].filter(Boolean),
    facts,
    form,
  };
}

function formOf(asks: Form['asks'], token: string, problem: string | undefined): Form {
  return { action: `?t=${encodeURIComponent(token)}`, asks, ...(problem ? { problem } : {}) };
}

function taken(group: GroupRecord, token: string, title: string, problem?: string): Page {
  const { by = '', atMs = 0 } = group.acknowledgement ?? {};
  const text = [
    `${by} is taking care of it since ${formatTime(atMs)}.`,
    'The escalation has stopped, and everybody who was notified is told so. Where the acknowledgement may expire, it holds anew from each time somebody says that they are still on it.',
  ];
  const notes = group.log
    .filter(({ kind, generation }) => kind === 'progress' && generation === group.generation)
    .slice(-SHOWN_NOTES)
    .map(({ atMs, summary }) => ({ name: 'progress', value: `${formatTime(atMs)}, ${summary}` }));
  return {
    status: problem ? 400 : 200,
    tone: 'calm',
    title,
    text,
    facts: [...describe(group).facts, ...notes],
    form: formOf('progress', token, problem),
  };
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

import type { Channel } from '../escalation/policy.ts';

/** What came back from a channel. */
export type Answer =
  /** An HTTP status; of SNS that of the service's answer. */
  | { readonly status: number; readonly text: string }
  /** No answer at all: refused, reset, too slow. */
  | { readonly error: string };

/** `delivered`; `retry`: not now; `gave-up`: never, whoever keeps the channel must change something. */
export type Verdict = 'delivered' | 'retry' | 'gave-up';

/** Statuses that mean delivered, channel by channel; all other answers mean the same everywhere. */
const DELIVERED: Readonly<Record<Channel, (status: number) => boolean>> = {
  slack: (status) => status === 200,
  pagerduty: (status) => status === 202,
  sns: (status) => status === 200,
  webhook: (status) => status >= 200 && status < 300,
  heartbeat: (status) => status === 200,
  email: (status) => status === 200,
  sms: (status) => status === 200,
  opsgenie: (status) => status === 202,
  jsm: (status) => status === 202,
};
/** Of the 4xx those that are about the moment, not about the request. */
const NOT_NOW = [408, 425, 429];

export function classify(channel: Channel, answer: Answer): Verdict {
  if ('error' in answer) return 'retry';
  const { status } = answer;
  if (DELIVERED[channel](status)) return 'delivered';
  return status >= 500 || status < 400 || NOT_NOW.includes(status) ? 'retry' : 'gave-up';
}

/** One line for the log of the group. */
export function describeAnswer(answer: Answer): string {
  if ('error' in answer) return answer.error;
  const text = answer.text.replace(/\s+/g, ' ').trim().slice(0, 200);
  return text ? `${answer.status} ${text}` : String(answer.status);
}

import type { ChannelKind } from './channel/channel.ts';
import type { ChannelRequest } from './request.ts';

/** What came back from a channel. */
export type Answer =
  /** An HTTP status; of SNS and SES that of the service's answer. */
  | { readonly status: number; readonly text: string; readonly retryAfterMs?: number }
  /** No answer at all: refused, reset, too slow. */
  | { readonly error: string }
  /** Not even sent, and never will be as things are. */
  | { readonly forbidden: string };

/** `delivered`; `retry`: not now; `gave-up`: never, whoever keeps the channel must change something. */
export type Verdict = 'delivered' | 'retry' | 'gave-up';

/** Of the 4xx those that are about the moment, not about the request. */
const NOT_NOW = [408, 425, 429];

/** What an answer means: the channel's own word, else what the status says of itself. */
export function classify(kind: ChannelKind, answer: Answer, request: ChannelRequest): Verdict {
  if ('error' in answer) return 'retry';
  if ('forbidden' in answer) return 'gave-up';
  const own = kind.verdict(answer, request);
  return own ?? verdictOfStatus(answer.status);
}

function verdictOfStatus(status: number): Verdict {
  return status >= 500 || status < 400 || NOT_NOW.includes(status) ? 'retry' : 'gave-up';
}

/** One line for the log of the group. */
export function describeAnswer(answer: Answer): string {
  if ('error' in answer) return answer.error;
  if ('forbidden' in answer) return answer.forbidden;
  const text = answer.text.replace(/\s+/g, ' ').trim().slice(0, 200);
  return text ? `${answer.status} ${text}` : String(answer.status);
}

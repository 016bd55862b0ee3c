import { type OfferedAlert, readResult } from '../../core/healing/index.ts';
import type { HealRequest } from './heal.ts';

/** What the IoT rule adds to a message: the first two levels of its topic. */
interface FromTopic {
  /** `bci`: the agent of `thing`. `alerting`: the functions that route alerts. `operators`: a person. */
  readonly origin?: unknown;
  readonly thing?: unknown;
}

/**
 * Reads an event. Who speaks is taken from the topic, which IoT policies and roles guard: an agent can answer for itself,
 * and neither approve nor offer anything.
 * @returns the request, or what is wrong with it
 */
export function readRequest(event: unknown): HealRequest | string {
  const { origin, thing, ...message } = (typeof event === 'object' && event !== null ? event : {}) as FromTopic &
    Readonly<Record<string, unknown>>;
  if (origin === undefined) return { kind: 'tick' };
  if (typeof origin !== 'string' || typeof thing !== 'string') return 'the rule named no origin or no thing';
  switch (origin) {
    case 'bci': {
      const result = readResult(message);
      return typeof result === 'string' ? `the answer of ${thing}: ${result}` : { kind: 'answer', thing, result };
    }
    case 'alerting':
      // Our own function wrote it.
      if (Array.isArray(message.offers)) return { kind: 'offers', offers: message.offers as OfferedAlert[] };
      return message.sessionChanged === true ? { kind: 'session', thing } : 'neither offers nor a session';
    case 'operators': {
      const { decision, key, by } = message;
      if (decision !== 'approve' && decision !== 'thaw') return 'decision must be approve or thaw';
      if (typeof key !== 'string' || typeof by !== 'string') return 'key and by must be texts';
      return { kind: decision, key, by: by.slice(0, 100) };
    }
    default:
      return `nobody speaks on ${JSON.stringify(origin)}`;
  }
}

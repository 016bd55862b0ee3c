import type { IncidentKey } from '../incident-key.ts';

/** What somebody did at a service that we had told. */
export interface InboundEvent {
  /** The same for every delivery of it. */
  readonly id: string;
  readonly incident: IncidentKey;
  /** `note`: nothing changes, but the history of the group should have it. */
  readonly action: 'acknowledge' | 'unacknowledge' | 'note';
  /** Who, for people: `Ada Lovelace`. */
  readonly by: string;
  /** Where: `PagerDuty`. */
  readonly at: string;
  /** For the history: `resolved the incident`. */
  readonly what: string;
}

/** Why a request is not an event: it is not to be believed, or it means nothing to us. */
export type Refusal = { readonly refused: string } | { readonly ignored: string };

import type { SessionReport } from '../alerting/session.ts';
import type { Step, Target } from './action.ts';
import type { HealCommand, HealResult } from './command.ts';
import type { GroupHealing, HealingAudit, HealingState, OfferedAlert } from './record.ts';

/** What happened. `firing`: whether any alert of the record still does, as its groups know. */
export type HealingEvent =
  | { readonly kind: 'offered'; readonly alert: OfferedAlert; readonly session?: SessionReport | undefined }
  | {
      readonly kind: 'answered';
      /** Who answered, as the topic proves. */
      readonly thing: string;
      readonly result: HealResult;
      readonly firing: boolean;
      readonly session?: SessionReport | undefined;
    }
  /** Time has passed, or the session has changed. */
  | {
      readonly kind: 'looked';
      readonly key: string;
      readonly firing: boolean;
      readonly session?: SessionReport | undefined;
    }
  | {
      readonly kind: 'approved';
      readonly key: string;
      readonly by: string;
      readonly firing: boolean;
      readonly session?: SessionReport | undefined;
    }
  | { readonly kind: 'thawed'; readonly key: string; readonly by: string };

/** What is to be done about it, after the state is stored. Doing one twice does no harm: the id says that it is one. */
export type HealingEffect =
  | { readonly kind: 'command'; readonly thing: string; readonly command: HealCommand }
  /** Of an action that runs in the cloud: do the step, verify, and answer like an agent. */
  | { readonly kind: 'run'; readonly id: string; readonly target: Target; readonly step: Step }
  | {
      readonly kind: 'tell';
      readonly groups: readonly string[];
      readonly fingerprint: string;
      readonly healing: GroupHealing;
    };

export interface HealingResult {
  readonly state: HealingState;
  readonly effects: readonly HealingEffect[];
  readonly audit: readonly HealingAudit[];
}

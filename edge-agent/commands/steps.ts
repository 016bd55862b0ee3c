import type { Step } from '../../core/healing/action.ts';
import type { BoardSession } from '../board-session.ts';
import type { Pace } from '../pace.ts';
import type { HealerPorts } from './healer.ts';

export interface StepTargets {
  readonly board: BoardSession | undefined;
  readonly pace: Pace;
  readonly now: () => number;
  readonly restart: (() => void) | undefined;
}

/** How the agent does what healing asks. */
export function healingSteps({ board, pace, now, restart }: StepTargets): Pick<HealerPorts, 'supports' | 'perform'> {
  return {
    supports(step) {
      switch (step.kind) {
        case 'reconnect-board':
        case 'restart-stream':
          return board !== undefined;
        case 'restart-component':
          return restart !== undefined;
        case 'ensure-board-started':
        case 'set-publish-interval':
        case 'restore-publish-interval':
          return true;
        case 'redrive-parked':
        case 'leave-parked':
          return false;
      }
    },

    async perform(step: Step) {
      switch (step.kind) {
        case 'reconnect-board':
          return board?.reconnect();
        case 'restart-stream':
          return board?.restartStream();
        case 'ensure-board-started':
          return board?.ensureStarted();
        case 'restart-component':
          restart?.();
          return;
        case 'set-publish-interval':
          pace.ask(step.seconds * 1_000, now() + step.forSeconds * 1_000, now());
          return;
        case 'restore-publish-interval':
          pace.askNothing();
          return;
        case 'redrive-parked':
        case 'leave-parked':
          throw new Error(`${step.kind} is done in the cloud, not by an agent`);
      }
    },
  };
}

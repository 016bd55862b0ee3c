import type { ActionName, HealingAction } from '../action.ts';
import { lowerPublishInterval } from './lower-publish-interval.ts';
import { raisePublishInterval } from './raise-publish-interval.ts';
import { reconnectBoard } from './reconnect-board.ts';
import { redriveParked } from './redrive-parked.ts';
import { restartComponent } from './restart-component.ts';
import { restartStream } from './restart-stream.ts';

/** Every action there is. A new one is a file, a name in `ACTION_NAMES` and a line here. */
export const ACTIONS: Readonly<Record<ActionName, HealingAction>> = {
  'reconnect-board': reconnectBoard,
  'restart-stream': restartStream,
  'restart-component': restartComponent,
  'raise-publish-interval': raisePublishInterval,
  'lower-publish-interval': lowerPublishInterval,
  'redrive-parked': redriveParked,
};

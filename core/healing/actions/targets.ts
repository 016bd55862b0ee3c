import type { Labels } from '../../metrics/model.ts';
import { quote } from '../../promql/strings.ts';
import type { HealingAction, Target } from '../action.ts';

/** The board that an alert names. */
export function boardOf({ thing, device_id: deviceId }: Labels): Target | undefined {
  return thing && deviceId ? { thing, deviceId } : undefined;
}

/** The agent that an alert names. */
export function agentOf({ thing }: Labels): Target | undefined {
  return thing ? { thing } : undefined;
}

/** Unknown means that the agent is silent: it would not hear a command either. */
export const agentSpeaks: HealingAction['precondition'] = ({ status }) =>
  status === 'firing' ? undefined : `the alert is ${status}, not firing: its agent may not hear a command`;

/** Data arrive from the board: the gauge is 0 until they do. */
export function boardDelivers({ deviceId = '' }: Target): string {
  return `neural_device_connected{device_id=${quote(deviceId)}} == 1`;
}

import { increaseInRange } from '../shapes/increase.ts';
import { latest } from '../shapes/latest.ts';

/** Recording sessions: the running ones and how the past ones ended. */

export const runningSessions = latest('neural_session_duration_seconds', {
  name: 'running sessions, now',
  legend: 'Session length',
  by: ['device_id', 'session_id'],
  across: 'max',
});

export const longestSession = latest('neural_session_duration_seconds', {
  name: 'longest running session, now',
  legend: 'Longest session',
  across: 'max',
});

export const sessionsByOutcome = increaseInRange('neural_sessions_total', {
  name: 'sessions ended by outcome',
  legend: 'Sessions',
  by: ['outcome'],
});

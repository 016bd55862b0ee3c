import { attempts } from '../attempts.ts';
import type { TaskState } from '../definition.ts';
import { StateError } from '../errors.ts';
import { evaluateField, evaluateSeconds, type Frame, type Transition, transition } from '../frame.ts';
import { type Integration, parseResource } from '../integrations.ts';
import { withDeadline } from '../race.ts';
import type { Waiting } from '../tokens.ts';

/** Calls a service; with `.waitForTaskToken`, then waits until somebody sends the token back. */
export function task(state: TaskState, frame: Frame): Promise<Transition> {
  const integration = parseResource(state.Resource);
  return attempts(frame, state, async (retryCount) => {
    const waiting = integration.waitForTaskToken ? frame.run.tokens.issue(frame.run.machineArn) : undefined;
    const attempt: Frame = {
      ...frame,
      context: {
        ...frame.context,
        State: { ...(frame.context.State as object), RetryCount: retryCount },
        ...(waiting ? { Task: { Token: waiting.token } } : {}),
      },
    };
    try {
      const result = await perform(state, integration, attempt, waiting);
      return await transition(attempt, state, result, { result });
    } finally {
      waiting?.forget();
    }
  });
}

async function perform(
  state: TaskState,
  integration: Integration,
  frame: Frame,
  waiting: Waiting | undefined,
): Promise<unknown> {
  const { history } = frame.run;
  const argument =
    state.Arguments === undefined ? frame.input : await evaluateField(frame, 'Arguments', state.Arguments);
  const timeout = await secondsOf(state.TimeoutSeconds, 'TimeoutSeconds', frame);
  const heartbeat = await secondsOf(state.HeartbeatSeconds, 'HeartbeatSeconds', frame);
  const resource = resourceDetails(integration);
  history.add('TaskScheduled', {
    ...resource,
    parameters: JSON.stringify(argument),
    ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
    ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }),
  });
  history.add('TaskStarted', resource);
  try {
    const result = await withDeadline(frame, timeout, waiting ? heartbeat : undefined, waiting, async () => {
      const answer = await frame.run.call(integration.action, argument);
      if (!waiting) return answer;
      history.add('TaskSubmitted', { ...resource, output: JSON.stringify(answer) });
      return waiting.result;
    });
    history.add('TaskSucceeded', { ...resource, output: JSON.stringify(result) });
    return result;
  } catch (error) {
    if (error instanceof StateError) {
      const timedOut = error.error === 'States.Timeout' || error.error === 'States.HeartbeatTimeout';
      history.add(timedOut ? 'TaskTimedOut' : 'TaskFailed', { ...resource, error: error.error, cause: error.message });
    }
    throw error;
  }
}

async function secondsOf(
  template: number | string | undefined,
  field: string,
  frame: Frame,
): Promise<number | undefined> {
  return template === undefined ? undefined : evaluateSeconds(frame, field, template, 1);
}

function resourceDetails({ action, waitForTaskToken }: Integration): { resourceType: string; resource: string } {
  const [service = '', operation = ''] = action.split(':');
  if (action.startsWith('arn:')) return { resourceType: 'lambda', resource: action };
  return { resourceType: service, resource: waitForTaskToken ? `${operation}.waitForTaskToken` : operation };
}

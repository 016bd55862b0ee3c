export interface EscalationFunctions {
  readonly decideArn: string;
  readonly notifyArn: string;
  readonly waitArn: string;
}

/** Whatever fails by itself (a throttle, a network) is tried again for about two minutes. */
const RETRY_ANYTHING = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxDelaySeconds: 30,
  MaxAttempts: 8,
  JitterStrategy: 'FULL',
};

/**
 * The loop that serves one generation of an alert group: Decide -> Notify -> Decide -> Wait -> Decide ... -> Done.
 * Everything it knows is in DynamoDB; the machine only waits and retries. Input: `{groupId, generation, continuation}`.
 *
 * - Decide answers `{next, notifications, waitSeconds, revision, historyEvents, continuation}` (core/escalation/decision.ts).
 * - Notify sends each notification by itself, so that one dead channel does not stop the rest. A channel that answers
 *   "not now" is tried again here at once, later by Decide, which reads from the ledger what arrived.
 * - Wait ends with an event (SendTaskSuccess) or with the next deadline (States.Timeout): Decide looks in either case.
 * - ContinueAsNew hands over to a fresh execution before the history reaches its limit of 25,000 events, and to the
 *   next generation when the alert came back while this one was being closed.
 *
 * @returns a state machine definition in Amazon States Language, query language JSONata
 */
export function escalationDefinition({ decideArn, notifyArn, waitArn }: EscalationFunctions): object {
  return {
    Comment: 'Escalation of one generation of an alert group',
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    States: {
      Begin: {
        Type: 'Pass',
        Assign: { group: '{% $states.input %}', historyEvents: 0 },
        Next: 'Decide',
      },
      Decide: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: {
          FunctionName: decideArn,
          Payload: {
            groupId: '{% $group.groupId %}',
            generation: '{% $group.generation %}',
            continuation: '{% $group.continuation %}',
            executionArn: '{% $states.context.Execution.Id %}',
            historyEvents: '{% $historyEvents %}',
          },
        },
        Assign: { historyEvents: '{% $states.result.Payload.historyEvents %}' },
        Output: '{% $states.result.Payload %}',
        Retry: [RETRY_ANYTHING],
        Next: 'What next',
      },
      'What next': {
        Type: 'Choice',
        Choices: [
          { Condition: "{% $states.input.next = 'notify' %}", Next: 'Notify' },
          { Condition: "{% $states.input.next = 'wait' %}", Next: 'Wait' },
          { Condition: "{% $states.input.next = 'continue' %}", Next: 'ContinueAsNew' },
        ],
        Default: 'Done',
      },
      Notify: {
        Type: 'Map',
        Items: '{% $states.input.notifications %}',
        MaxConcurrency: 10,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'Send',
          States: {
            Send: {
              Type: 'Task',
              Resource: 'arn:aws:states:::lambda:invoke',
              Arguments: { FunctionName: notifyArn, Payload: '{% $states.input %}' },
              Output: '{% $states.result.Payload %}',
              Retry: [
                {
                  ErrorEquals: ['States.ALL'],
                  IntervalSeconds: 1,
                  BackoffRate: 2,
                  MaxAttempts: 2,
                  JitterStrategy: 'FULL',
                },
              ],
              Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Not sent' }],
              End: true,
            },
            'Not sent': { Type: 'Pass', Comment: 'The ledger says so; Decide tries again later.', End: true },
          },
        },
        Next: 'Decide',
      },
      Wait: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Arguments: {
          FunctionName: waitArn,
          Payload: {
            groupId: '{% $group.groupId %}',
            generation: '{% $group.generation %}',
            revision: '{% $states.input.revision %}',
            token: '{% $states.context.Task.Token %}',
          },
        },
        TimeoutSeconds: '{% $states.input.waitSeconds %}',
        Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 0 }, RETRY_ANYTHING],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Decide' }],
        Next: 'Decide',
      },
      ContinueAsNew: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution',
        Arguments: {
          StateMachineArn: '{% $states.context.StateMachine.Id %}',
          Name: '{% $states.input.continuation.name %}',
          Input: '{% $states.input.continuation.input %}',
        },
        Retry: [
          { ErrorEquals: ['StepFunctions.ExecutionAlreadyExistsException'], MaxAttempts: 0 },
          { ...RETRY_ANYTHING, MaxAttempts: 20 },
        ],
        Catch: [{ ErrorEquals: ['StepFunctions.ExecutionAlreadyExistsException'], Next: 'Done' }],
        Next: 'Done',
      },
      Done: { Type: 'Succeed' },
    },
  };
}

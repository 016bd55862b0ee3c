import { asList, asRecord, assertKnown, asText, nameOf } from '../aws/properties.ts';
import { arn, type Place, type Provisioners } from '../aws/service.ts';
import type { Iam } from '../iam/iam.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { Clock } from '../stepfunctions/clock.ts';
import { parseSchedule, type Schedule } from './expression.ts';

export interface SchedulerOptions {
  readonly place: Place;
  readonly iam: Iam;
  readonly lambda: Lambda;
  readonly clock: Clock;
  readonly send: (arn: string, body: string, roleArn: string) => Promise<void>;
  readonly log: (line: string) => void;
}

/** EventBridge Scheduler, and the scheduled rules of EventBridge. */
export interface Scheduler {
  readonly provisioners: Provisioners;
  readonly names: readonly string[];
  /** Fires a schedule once, now. @param name its name, or the beginning of its logical id */
  run(name: string): Promise<void>;
  start(): void;
  stop(): void;
}

interface Entry {
  readonly name: string;
  readonly logicalId: string;
  readonly schedule: Schedule;
  fire(atMs: number): Promise<void>;
}

export function createScheduler({ place, iam, lambda, clock, send, log }: SchedulerOptions): Scheduler {
  const entries: Entry[] = [];
  const stop = new AbortController();

  function targetName(targetArn: string): string {
    if (!targetArn.startsWith('arn:aws:lambda:')) {
      throw new Error(`the target ${targetArn} is no Lambda function; the twin schedules those`);
    }
    return lambda.configuration(targetArn).name;
  }

  const provisioners: Provisioners = {
    async 'AWS::Scheduler::Schedule'(id, properties) {
      assertKnown(
        id,
        'AWS::Scheduler::Schedule',
        properties,
        ['Name', 'ScheduleExpression', 'State', 'Target', 'FlexibleTimeWindow', 'ScheduleExpressionTimezone'],
        ['Description', 'GroupName'],
      );
      if (!['UTC', '', undefined].includes(properties.ScheduleExpressionTimezone as string | undefined)) {
        throw new Error('ScheduleExpressionTimezone must be UTC in the twin');
      }
      const target = asRecord(properties.Target);
      assertKnown(id, 'Target', target, ['Arn', 'RoleArn', 'Input', 'DeadLetterConfig'], ['RetryPolicy']);
      const [targetArn, roleArn] = [asText(target.Arn), asText(target.RoleArn)];
      const deadLetterArn = asText(asRecord(target.DeadLetterConfig).Arn);
      const name = nameOf(id, properties.Name);
      const functionName = targetName(targetArn);
      iam.assertAssumable(roleArn, 'scheduler.amazonaws.com');
      const scheduleArn = arn(place, 'scheduler', `schedule/default/${name}`);
      const input = asText(target.Input);
      add(id.logicalId, properties, {
        name,
        async fire(atMs) {
          const payload =
            input || JSON.stringify(scheduledEvent('aws.scheduler', 'Scheduled Event', scheduleArn, atMs));
          const denied = iam.denied(roleArn, { action: 'lambda:InvokeFunction', resource: targetArn });
          if (denied === undefined) return lambda.invokeAsync(functionName, payload);
          if (deadLetterArn) await send(deadLetterArn, payload, roleArn);
          throw new Error(denied);
        },
      });
      return { ref: name, attributes: { Arn: scheduleArn } };
    },

    async 'AWS::Events::Rule'(id, properties) {
      assertKnown(
        id,
        'AWS::Events::Rule',
        properties,
        ['Name', 'ScheduleExpression', 'State', 'Targets'],
        ['Description'],
      );
      const name = nameOf(id, properties.Name);
      const ruleArn = arn(place, 'events', `rule/${name}`);
      const targets = asList(properties.Targets)
        .map(asRecord)
        .map((target) => ({ functionName: targetName(asText(target.Arn)), input: asText(target.Input) }));
      add(id.logicalId, properties, {
        name,
        async fire(atMs) {
          for (const { functionName, input } of targets) {
            const { arn: functionArn } = lambda.configuration(functionName);
            const caller = { principal: 'events.amazonaws.com', sourceArn: ruleArn, accountId: place.accountId };
            if (!lambda.permissions.allows(functionArn, 'lambda:InvokeFunction', caller)) {
              throw new Error(`${ruleArn} may not invoke ${functionArn}: no permission lets it in`);
            }
            lambda.invokeAsync(
              functionName,
              input || JSON.stringify(scheduledEvent('aws.events', 'Scheduled Event', ruleArn, atMs)),
            );
          }
        },
      });
      return { ref: name, attributes: { Arn: ruleArn } };
    },
  };

  function scheduledEvent(source: string, detailType: string, resource: string, atMs: number): unknown {
    return {
      version: '0',
      id: `${resource}@${atMs}`,
      'detail-type': detailType,
      source,
      account: place.accountId,
      time: new Date(atMs).toISOString(),
      region: place.region,
      resources: [resource],
      detail: '{}',
    };
  }

  function add(
    logicalId: string,
    properties: Readonly<Record<string, unknown>>,
    entry: Pick<Entry, 'name' | 'fire'>,
  ): void {
    const expression = asText(properties.ScheduleExpression);
    const schedule = parseSchedule(expression, clock.now());
    if (properties.State !== 'DISABLED') entries.push({ ...entry, logicalId, schedule });
  }

  async function keep({ name, schedule, fire }: Entry): Promise<void> {
    for (let last = clock.now(); ; ) {
      const next = schedule(last);
      if (next === undefined) return;
      await clock.sleep(next - clock.now(), stop.signal);
      // After a sleep of the machine the times that were missed are not made up for.
      last = Math.max(next, clock.now());
      await fire(next).catch((error: unknown) => log(`the schedule ${name} could not fire: ${String(error)}`));
    }
  }

  return {
    provisioners,
    get names() {
      return entries.map(({ name }) => name);
    },
    async run(name) {
      const found = entries.filter((one) => one.name === name || one.logicalId.startsWith(name));
      const [entry] = found;
      if (!entry || found.length > 1) {
        const known = entries.map(({ logicalId }) => logicalId).join(', ');
        throw new Error(`${found.length} schedules are called ${name}; there are ${known}`);
      }
      await entry.fire(clock.now());
    },
    start() {
      for (const entry of entries) keep(entry).catch(() => {});
    },
    stop: () => stop.abort(new Error('the twin was stopped')),
  };
}

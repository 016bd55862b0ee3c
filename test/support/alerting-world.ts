import { formatBoot } from '../../core/alerting/boot.ts';
import { LEASE_MS } from '../../core/alerting/lease.ts';
import { readReport, stampReport } from '../../core/alerting/read-report.ts';
import type { ReportedAlert, ReportedState } from '../../core/alerting/report.ts';
import { parseRouting } from '../../core/alerting/routing/parse.ts';
import type { SessionReport } from '../../core/alerting/session.ts';
import { executionName } from '../../core/escalation/execution.ts';
import type { GroupRecord } from '../../core/escalation/group.ts';
import { channelsOnly, type EscalationPolicy } from '../../core/escalation/policy.ts';
import { escalationDefinition } from '../../core/escalation/state-machine.ts';
import type { Labels } from '../../core/metrics/model.ts';
import { type Answer, describeAnswer } from '../../core/notifications/answer.ts';
import type { Channels } from '../../core/notifications/channels.ts';
import type { ChannelRequest } from '../../core/notifications/request.ts';
import { parseRuleFile } from '../../core/rules/rule-file.ts';
import { acknowledgePage } from '../../lambdas/acknowledge/acknowledge-page.ts';
import type { HttpAnswer } from '../../lambdas/acknowledge/page.ts';
import { type DecideRequest, decideGroup } from '../../lambdas/escalation-decide/decide-group.ts';
import { notify } from '../../lambdas/escalation-notify/notify.ts';
import { type WaitRequest, wait } from '../../lambdas/escalation-wait/wait.ts';
import { evaluateRules } from '../../lambdas/evaluate-rules/evaluate.ts';
import { groupsIn } from '../../lambdas/shared/groups.ts';
import type { HealingOffers } from '../../lambdas/shared/healing-offers.ts';
import type { NotifyRequest } from '../../lambdas/shared/notify-request.ts';
import { type RoutePorts, routeReport } from '../../lambdas/shared/route-report.ts';
import { StepFunctions } from '../../local/stepfunctions/engine.ts';
import type { Execution } from '../../local/stepfunctions/execution.ts';
import { ManualClock, PLACE, START, settle } from '../local/stepfunctions/support.ts';
import { MemoryAlertsTable } from './memory-alerts-table.ts';

const ROUTING = `
route: { receiver: on-call, group_by: [alertname, thing], group_wait: 0s, group_interval: 1m }
receivers: [{ name: on-call }]
`;
const RULES = `
groups:
  - name: monitoring
    rules:
      - alert: EdgeAgentSilent
        expr: time() - nsmon_agent_last_seen_timestamp_seconds > 90
        labels: { severity: critical }
`;
const POLICY: EscalationPolicy = {
  name: 'on-call',
  levels: [
    { afterMs: 0, channels: ['slack'] },
    { afterMs: 300_000, channels: ['pagerduty'] },
  ],
};
const CHANNELS: Channels = {
  slack: { webhookUrl: 'https://hooks.example.org/s' },
  pagerduty: { routingKey: 'r'.repeat(32), eventsUrl: 'https://events.example.org/v2/enqueue' },
  acknowledge: { signingKey: 'a-signing-key-of-32-characters..' },
};
const ACKNOWLEDGE_URL = 'https://acknowledge.example.org/';

/** The deployed parts of alerting around the twin's Step Functions, with a table in memory and a clock that is moved by hand. */
export class AlertingWorld {
  readonly clock = new ManualClock();
  readonly table = new MemoryAlertsTable(this.clock.now);
  readonly groups = groupsIn(this.table);
  readonly routing = parseRouting(ROUTING);
  /** What people received: `0s slack CRITICAL: A on lab-1`. */
  readonly received: string[] = [];
  readonly requests: ChannelRequest[] = [];
  channels: () => Promise<Channels> = async () => CHANNELS;
  answer: (request: ChannelRequest) => Answer = (request) => ({
    status: request.transport === 'http' && request.url.includes('events') ? 202 : 200,
    text: '',
  });
  /** Who is asked to heal what fires. */
  healing: HealingOffers | undefined;
  /** While true, Step Functions cannot be reached: what was stored is stored. */
  isStepFunctionsDown = false;
  readonly #engine: StepFunctions;
  readonly #machineArn: string;
  readonly #ports: RoutePorts;
  /** At the board of every agent, as it reports it. */
  session: SessionReport | undefined;
  readonly #agents = new Map<string, { boot: string; seq: number; alerts: Map<string, ReportedAlert> }>();

  constructor() {
    const functions: Readonly<Record<string, (payload: never) => Promise<unknown>>> = {
      decide: (request: DecideRequest) =>
        decideGroup(request, {
          table: this.table,
          groups: this.groups,
          routing: this.routing,
          policyOf: () => POLICY,
          targetsOf: channelsOnly,
          budgetOf: () => [],
          textsOf: () => undefined,
          nowMs: this.clock.now,
        }),
      notify: (request: NotifyRequest) =>
        notify(request, {
          table: this.table,
          groups: this.groups,
          channels: () => this.channels(),
          send: async (built) => this.#take(request, built),
          acknowledgeUrl: ACKNOWLEDGE_URL,
          environment: 'dev',
          nowMs: this.clock.now,
        }),
      wait: (request: WaitRequest) => wait(request, this.groups, (token) => this.#wake(token)),
    };
    const invokeLambda = async (name: string, payload: unknown) => {
      try {
        // Through JSON both ways, as Lambda does.
        const answer = await functions[name]?.(JSON.parse(JSON.stringify(payload)) as never);
        return { payload: JSON.parse(JSON.stringify(answer ?? null)) as unknown };
      } catch (error) {
        const { name: errorType, message: errorMessage } = error as Error;
        return { payload: { errorType, errorMessage }, functionError: 'Unhandled' };
      }
    };
    const ports = { invokeLambda, publish: async () => ({ messageId: 'm' }) };
    this.#engine = new StepFunctions({ place: PLACE, clock: this.clock, random: () => 0.5, ports });
    const definition = escalationDefinition({ decideArn: 'decide', notifyArn: 'notify', waitArn: 'wait' });
    this.#machineArn = this.#engine.createMachine('escalation', JSON.stringify(definition), 'arn:role').arn;
    this.#ports = {
      table: this.table,
      groups: this.groups,
      escalations: {
        start: async (input) => {
          this.#failWhileDown();
          try {
            this.#engine.start(this.#machineArn, executionName(input), JSON.stringify(input));
          } catch (error) {
            if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
          }
        },
        wake: (token) => this.#wake(token),
      },
      routing: this.routing,
      leaseMs: LEASE_MS,
      nowMs: this.clock.now,
    };
  }

  /** What the functions that route alerts are given. */
  get ports(): RoutePorts {
    return { ...this.#ports, ...(this.healing ? { healing: this.healing } : {}) };
  }

  get executions(): readonly Execution[] {
    return this.#engine.executions(this.#machineArn);
  }

  get second(): number {
    return (this.clock.now() - START) / 1000;
  }

  /** The clock runs to a second of the story; on the way the agents re-send every 30 s and the cloud looks every minute. */
  async at(second: number): Promise<this> {
    await settle();
    while (this.second < second) {
      const next = Math.min(second, (Math.floor(this.second / 30) + 1) * 30);
      await this.clock.advance((next - this.second) * 1000);
      if (next % 30 === 0) for (const thing of this.#agents.keys()) await this.send(thing);
      if (next % 60 === 0) await this.evaluate();
      await settle();
    }
    return this;
  }

  /** An alert of an agent changes, and the agent says so at once. */
  async set(
    thing: string,
    alertname: string,
    state: ReportedState | 'gone',
    severity = 'critical',
    more: Labels = {},
  ): Promise<void> {
    const { alerts } = this.#agent(thing);
    const nowMs = this.clock.now();
    const times = { activeAtMs: nowMs, ...(state === 'firing' ? { firedAtMs: nowMs } : {}) };
    const labels = { alertname, severity, ...more };
    if (state === 'gone') alerts.delete(alertname);
    else alerts.set(alertname, { labels, annotations: {}, state, ...times, value: 1 });
    await this.send(thing);
  }

  /** @param seq another number than the next: a report delivered late or twice */
  async send(thing: string, seq?: number, alerts?: readonly ReportedAlert[]): Promise<string | undefined> {
    const agent = this.#agent(thing);
    if (seq === undefined) agent.seq += 1;
    const report = {
      boot: agent.boot,
      seq: seq ?? agent.seq,
      sentAtMs: this.clock.now(),
      alerts: alerts ?? [...agent.alerts.values()],
      ...(this.session ? { session: this.session } : {}),
    };
    const onTheWire: unknown = JSON.parse(JSON.stringify(report));
    try {
      const { ignored } = await routeReport(thing, stampReport(readReport(onTheWire), thing), this.ports);
      await settle();
      return ignored;
    } catch (error) {
      return onlyCrashes(error as Error);
    }
  }

  /** The agent's power fails. Its alerts are what they were when it is back. */
  die(thing: string): () => void {
    const agent = this.#agent(thing);
    this.#agents.delete(thing);
    return () => this.#agents.set(thing, agent);
  }

  async evaluate(): Promise<void> {
    const rules = parseRuleFile(RULES, 'agent.yaml');
    const ports = {
      ...this.#ports,
      rules,
      readWindow: async () => [],
      ownerOf: async () => ({ tenant: 't', site: 's' }),
    };
    await evaluateRules(ports).catch(onlyCrashes);
    await settle();
  }

  /** The link in the latest message that has one. */
  get link(): string {
    const texts = this.requests.map((request) => (request.transport === 'http' ? request.body : request.message));
    const links = texts.flatMap((text) => text.match(/https:\/\/acknowledge\.example\.org\/\?t=[\w.-]+/g) ?? []);
    return links.at(-1) ?? '';
  }

  async open(method: string, link: string, by?: string, more: Record<string, string> = {}): Promise<HttpAnswer> {
    const answer = await acknowledgePage(
      {
        method,
        token: new URL(link).searchParams.get('t') ?? '',
        form: new URLSearchParams(by ? { by, ...more } : {}),
      },
      {
        groups: this.groups,
        escalations: this.#ports.escalations,
        signingKey: async () => CHANNELS.acknowledge?.signingKey ?? '',
        nowMs: this.clock.now,
      },
    );
    await settle();
    return answer;
  }

  async groupOf(alertname: string): Promise<GroupRecord | undefined> {
    for (const { input } of this.executions) {
      const group = await this.groups.get((JSON.parse(input) as { groupId: string }).groupId);
      if (group?.groupLabels.alertname === alertname) return group;
    }
    return undefined;
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }

  #agent(thing: string) {
    const known = this.#agents.get(thing);
    if (known) return known;
    const agent = { boot: formatBoot({ startMs: START - 600_000, random: thing }), seq: 0, alerts: new Map() };
    this.#agents.set(thing, agent);
    return agent;
  }

  #take({ channel }: NotifyRequest, request: ChannelRequest): Answer {
    const answer = this.answer(request);
    const body = (request.transport === 'http' ? JSON.parse(request.body) : {}) as {
      readonly event_action?: string;
      readonly payload?: { readonly summary: string };
      readonly text?: string;
    };
    const event = body.event_action ? `${body.event_action} ${body.payload?.summary ?? ''}`.trim() : undefined;
    const what = event ?? body.text ?? '';
    const isTaken = 'status' in answer && answer.status < 300;
    const failed = isTaken ? '' : ` (${describeAnswer(answer).split(' ')[0]})`;
    this.received.push(`${this.second}s ${channel} ${what.replace(/^\P{L}+/u, '')}${failed}`);
    this.requests.push(request);
    return answer;
  }

  async #wake(token: string): Promise<void> {
    this.#failWhileDown();
    try {
      this.#engine.tokens.succeed(token, '{}');
    } catch (error) {
      if (!['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'].includes((error as Error).name)) throw error;
    }
  }

  #failWhileDown(): void {
    if (this.isStepFunctionsDown) throw new Error('crash: Step Functions cannot be reached');
  }
}

/** Crashes on purpose end an invocation and nothing else, as in Lambda. */
function onlyCrashes(error: Error): 'crash' {
  if (!error.message.startsWith('crash')) throw error;
  return 'crash';
}

import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnPermission, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { MISSED_REPORTS } from '../../core/alerting/lease.ts';
import type { AcknowledgeEnv } from '../../lambdas/acknowledge/env.ts';
import type { EscalationDecideEnv } from '../../lambdas/escalation-decide/env.ts';
import type { EscalationNotifyEnv } from '../../lambdas/escalation-notify/env.ts';
import type { EscalationWaitEnv } from '../../lambdas/escalation-wait/env.ts';
import type { EvaluateRulesEnv } from '../../lambdas/evaluate-rules/env.ts';
import type { InboundEventsEnv } from '../../lambdas/inbound-events/env.ts';
import type { RouteAlertsEnv } from '../../lambdas/route-alerts/env.ts';
import type { ArchiveBucket } from '../constructs/archive-bucket.ts';
import { giveUpTo } from '../constructs/async-invocation.ts';
import { AuditTrail } from '../constructs/audit-trail.ts';
import { Channels } from '../constructs/channels.ts';
import { EscalationMachine } from '../constructs/escalation-machine.ts';
import { MonitorFunction, type MonitorFunctionProps } from '../constructs/function.ts';
import { Healing } from '../constructs/healing.ts';
import { MinuteSchedule } from '../constructs/minute-schedule.ts';
import type { OperationsTopic } from '../constructs/operations-topic.ts';
import { PathAlarms } from '../constructs/path-alarms.ts';
import { allow, type Permission } from '../constructs/permissions.ts';
import { deadLetterQueue } from '../constructs/queue.ts';
import { keyedTable } from '../constructs/table.ts';
import { TopicRule } from '../constructs/topic-rule.ts';
import type { Environment } from '../environments.ts';
import { KPI_NAMESPACE, namesOf } from '../names.ts';

export interface AlertingStackProps extends StackProps {
  readonly environment: Environment;
  readonly functionsDir: string;
  readonly archive: ArchiveBucket;
  readonly operations: OperationsTopic;
  readonly ruleWindow: Table;
}

/** Where the rule files lie beside a bundled handler. */
const RULES_DIRECTORY = 'rules';

/** The alert path: reports of agents and of the cloud's own rules -> escalation -> people, and their answer. */
export class AlertingStack extends Stack {
  /** Leases, groups, events, notifications: the state of alerting. */
  readonly alerts: Table;
  readonly #environment: Environment;
  readonly #functionsDir: string;

  constructor(scope: Construct, id: string, props: AlertingStackProps) {
    const { environment, functionsDir, archive, operations, ruleWindow, ...stackProps } = props;
    super(scope, id, stackProps);
    this.#environment = environment;
    this.#functionsDir = functionsDir;
    this.alerts = keyedTable(this, 'Alerts', environment);
    const channels = new Channels(this, 'Channels', environment);

    const acknowledge = this.#acknowledge(channels);
    const url = acknowledge.lambda.addFunctionUrl({
      // People open it from a mail or a chat without AWS credentials: the signature in the link is the authorisation.
      authType: FunctionUrlAuthType.NONE,
    });
    const inbound = this.#inboundEvents(channels);
    const inboundUrl = inbound.lambda.addFunctionUrl({
      // PagerDuty and Slack have no AWS credentials: the signature of each request is the authorisation.
      authType: FunctionUrlAuthType.NONE,
    });
    const decide = this.#decide();
    const notify = this.#notify(channels, url.url);
    const wait = this.#wait();
    const { machine } = new EscalationMachine(this, 'Escalation', {
      environment,
      decide: decide.lambda,
      notify: notify.lambda,
      wait: wait.lambda,
    });
    const startsEscalations = [
      allow(['states:StartExecution'], [machine.stateMachineArn]),
      allow(['states:SendTaskSuccess'], ['*'], 'the task token is the permission; the action knows no resources'),
    ];

    const undelivered = deadLetterQueue(this, 'Undelivered');
    const healing = new Healing(this, 'Healing', {
      environment,
      functionsDir,
      rulesDirectory: RULES_DIRECTORY,
      archive,
      alerts: this.alerts,
      stateMachineArn: machine.stateMachineArn,
      permissions: [this.#mayKeepState(), ...startsEscalations],
      undelivered,
    });
    const routes = [...startsEscalations, healing.mayOffer()];
    const routeAlerts = this.#routeAlerts(machine.stateMachineArn, healing.offersTopic, routes);
    const evaluateRules = this.#evaluateRules(machine.stateMachineArn, ruleWindow, healing.offersTopic, routes);
    // A report is a lease: the next one, 30 s later, says everything again.
    giveUpTo(routeAlerts.lambda, { queue: undelivered, retries: 2, within: Duration.minutes(5) });
    giveUpTo(evaluateRules.lambda, { queue: undelivered, retries: 0, within: Duration.minutes(1) });
    new MinuteSchedule(this, 'EveryMinute', { target: evaluateRules.lambda, undelivered });

    const rule = this.#alertsRule(routeAlerts, archive);
    const alarms = new PathAlarms(this, 'Alarms');
    const { anchors } = new AuditTrail(this, 'Audit', {
      environment,
      functionsDir,
      alerts: this.alerts,
      undelivered,
      alarms,
    });
    for (const fn of [routeAlerts, evaluateRules, decide, notify, wait, acknowledge, inbound, healing.fn])
      alarms.watchFunction(fn);
    alarms.watchRule('alerts-rule', rule.ruleName, 'Lambda');
    alarms.watchRule('healing-rule', healing.ruleName, 'Lambda');
    alarms.watchQueue('undelivered', undelivered, 'Alert reports or rule evaluations were given up.');
    alarms.watchCounter('invalid-reports', 'route-alerts', 'AlertReportsInvalid', 'Alert reports could not be read.');
    alarms.watchCounter(
      'rule-problems',
      'evaluate-rules',
      'RuleProblems',
      'Rules of the cloud could not be evaluated.',
    );
    alarms.watchCounter(
      'given-up',
      'escalation-notify',
      'NotificationsGivenUp',
      'A channel refused a notification for good: its address or key in the channels secret is wrong.',
    );
    alarms.watchCounter(
      'nobody-on-call',
      'escalation-decide',
      'NobodyOnCall',
      'A page was due, and by a schedule of oncall.yaml nobody was on call: see npx nsmon oncall gaps.',
    );
    alarms.watchCounter(
      'pages-unheard',
      'escalation-decide',
      'PagesUnheard',
      'A page reached nobody: every channel of every level refused it or is over its budget. Somebody must look at the alert now.',
    );
    alarms.expectEveryMinute(
      'evaluation-stopped',
      evaluateRules.lambda.metricInvocations({ period: Duration.minutes(1), statistic: Stats.SUM }),
      'The rules of the cloud are not evaluated: nothing would tell that an agent fell silent.',
    );
    alarms.watch('escalations-failed', {
      metric: machine.metricFailed({ period: Duration.minutes(1), statistic: Stats.SUM }),
      description: 'An escalation ended by an error: somebody may not have been told of an alert.',
    });
    alarms.notify(
      operations.topic,
      `nsmon-${environment.name}-alert-path`,
      'Alerts may not reach people: see which alarm of the path is raised.',
    );

    new CfnOutput(this, 'AcknowledgeUrl', { value: url.url });
    new CfnOutput(this, 'InboundEventsUrl', { value: inboundUrl.url });
    new CfnOutput(this, 'StateMachineArn', { value: machine.stateMachineArn });
    new CfnOutput(this, 'AlertsTableName', { value: this.alerts.tableName });
    new CfnOutput(this, 'AuditAnchorsBucketName', { value: anchors.bucketName });
  }

  #routeAlerts(
    stateMachineArn: string,
    HEALING_TOPIC: string,
    permissions: readonly Permission[],
  ): MonitorFunction<RouteAlertsEnv> {
    return this.#function<RouteAlertsEnv>('RouteAlerts', {
      name: 'route-alerts',
      description: 'Takes the alert reports of agents, groups them and starts or tells their escalation',
      timeoutSeconds: 30,
      memoryMb: 512,
      variables: {
        ...this.#common(),
        STATE_MACHINE_ARN: stateMachineArn,
        HEALING_TOPIC,
        RULES_DIRECTORY,
        LEASE_SECONDS: this.#leaseSeconds(),
        KPI_NAMESPACE,
      },
      permissions,
    });
  }

  #evaluateRules(
    stateMachineArn: string,
    ruleWindow: Table,
    HEALING_TOPIC: string,
    permissions: readonly Permission[],
  ): MonitorFunction<EvaluateRulesEnv> {
    return this.#function<EvaluateRulesEnv>('EvaluateRules', {
      name: 'evaluate-rules',
      description: 'Evaluates the rules that need more than one agent, and notices leases that lapsed',
      timeoutSeconds: 50,
      memoryMb: 512,
      variables: {
        ...this.#common(),
        RULE_WINDOW_TABLE: ruleWindow.tableName,
        STATE_MACHINE_ARN: stateMachineArn,
        HEALING_TOPIC,
        RULES_DIRECTORY,
        LEASE_SECONDS: this.#leaseSeconds(),
        KPI_NAMESPACE,
      },
      permissions: [
        ...permissions,
        allow(['dynamodb:Query'], [ruleWindow.tableArn]),
        allow(
          ['iot:DescribeThing'],
          [this.formatArn({ service: 'iot', resource: 'thing', resourceName: '*' })],
          'it looks up the owner of every thing',
        ),
      ],
    });
  }

  #decide(): MonitorFunction<EscalationDecideEnv> {
    return this.#function<EscalationDecideEnv>('Decide', {
      name: 'escalation-decide',
      description: 'Says what an escalation does next: whom to tell, or how long to wait',
      timeoutSeconds: 15,
      memoryMb: 512,
      variables: { ...this.#common(), RULES_DIRECTORY, KPI_NAMESPACE },
      permissions: [],
    });
  }

  #notify({ topic, secret }: Channels, acknowledgeUrl: string): MonitorFunction<EscalationNotifyEnv> {
    return this.#function<EscalationNotifyEnv>('Notify', {
      name: 'escalation-notify',
      description: 'Sends one notification over one channel',
      timeoutSeconds: 15,
      memoryMb: 256,
      variables: {
        ...this.#common(),
        CHANNELS_SECRET: secret.secretName,
        SNS_TOPIC_ARN: topic.topicArn,
        ACKNOWLEDGE_URL: acknowledgeUrl,
        EMAIL_SENDER: this.#environment.emailSender ?? '',
        RUNBOOK_BASE_URL: this.#environment.runbookBaseUrl,
        KPI_NAMESPACE,
      },
      permissions: [
        allow(['sns:Publish'], [topic.topicArn]),
        allow(['sns:Publish'], ['*'], 'a telephone number is no resource that a policy could name'),
        ...this.#emailPermissions(),
        allow(['secretsmanager:GetSecretValue'], [secret.secretArn]),
      ],
    });
  }

  /** Mail may be sent as the sender and nobody else; SES asks for its address or its domain, whichever is verified. */
  #emailPermissions(): readonly Permission[] {
    const { emailSender } = this.#environment;
    if (emailSender === undefined) return [];
    const identities = [emailSender, emailSender.split('@')[1] ?? emailSender];
    const arns = identities.map((name) => this.formatArn({ service: 'ses', resource: 'identity', resourceName: name }));
    return [allow(['ses:SendEmail'], arns)];
  }

  #wait(): MonitorFunction<EscalationWaitEnv> {
    return this.#function<EscalationWaitEnv>('Wait', {
      name: 'escalation-wait',
      description: 'Keeps the token of a waiting escalation, so that an event can wake it',
      timeoutSeconds: 15,
      memoryMb: 256,
      variables: this.#common(),
      permissions: [
        allow(['states:SendTaskSuccess'], ['*'], 'the task token is the permission; the action knows no resources'),
      ],
    });
  }

  #acknowledge({ secret }: Channels): MonitorFunction<AcknowledgeEnv> {
    return this.#function<AcknowledgeEnv>('Acknowledge', {
      name: 'acknowledge',
      description: 'The page behind the link in a notification: asks who you are and stops the escalation',
      timeoutSeconds: 10,
      memoryMb: 256,
      variables: { ...this.#common(), CHANNELS_SECRET: secret.secretName },
      permissions: [
        allow(['secretsmanager:GetSecretValue'], [secret.secretArn]),
        allow(['states:SendTaskSuccess'], ['*'], 'the task token is the permission; the action knows no resources'),
      ],
    });
  }

  #inboundEvents({ secret }: Channels): MonitorFunction<InboundEventsEnv> {
    return this.#function<InboundEventsEnv>('InboundEvents', {
      name: 'inbound-events',
      description: 'Takes what people do at PagerDuty and Slack: their acknowledgement is ours',
      timeoutSeconds: 10,
      memoryMb: 256,
      variables: {
        ...this.#common(),
        CHANNELS_SECRET: secret.secretName,
        RUNBOOK_BASE_URL: this.#environment.runbookBaseUrl,
        KPI_NAMESPACE,
      },
      permissions: [
        allow(['secretsmanager:GetSecretValue'], [secret.secretArn]),
        allow(['states:SendTaskSuccess'], ['*'], 'the task token is the permission; the action knows no resources'),
      ],
    });
  }

  #leaseSeconds(): string {
    return String(MISSED_REPORTS * this.#environment.reportIntervalSeconds);
  }

  #common() {
    return { ALERTS_TABLE: this.alerts.tableName, ENVIRONMENT: this.#environment.name };
  }

  #mayKeepState(): Permission {
    return allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'], [this.alerts.tableArn]);
  }

  /** Every function of this path reads and writes the state of alerting. */
  #function<Env>(
    id: string,
    props: Omit<MonitorFunctionProps<Env>, 'environment' | 'functionsDir'>,
  ): MonitorFunction<Env> {
    const state = this.#mayKeepState();
    return new MonitorFunction<Env>(this, id, {
      ...props,
      environment: this.#environment,
      functionsDir: this.#functionsDir,
      permissions: [state, ...props.permissions],
    });
  }

  #alertsRule({ lambda }: MonitorFunction<RouteAlertsEnv>, archive: ArchiveBucket): TopicRule {
    const ruleName = namesOf(this.#environment.name).alertsRule;
    const rule = new TopicRule(this, 'AlertsRule', {
      ruleName,
      description: 'Alert reports of agents; the thing that sent one is named by its topic.',
      sql: "SELECT *, topic(2) AS thing, timestamp() AS receivedAtMs FROM 'bci/+/alerts'",
      action: { lambda: { functionArn: lambda.functionArn } },
      archive,
    });
    const permission = new CfnPermission(this, 'AlertsRulePermission', {
      action: 'lambda:InvokeFunction',
      functionName: lambda.functionArn,
      principal: 'iot.amazonaws.com',
      sourceAccount: this.account,
      sourceArn: this.formatArn({ service: 'iot', resource: 'rule', resourceName: ruleName }),
    });
    rule.node.addDependency(permission);
    return rule;
  }
}

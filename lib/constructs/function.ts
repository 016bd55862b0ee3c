import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import type { FunctionName } from '../functions.ts';
import { KPI_NAMESPACE, namesOf } from '../names.ts';
import { acknowledgeWildcards, grantTo, type Permission } from './permissions.ts';

export interface MonitorFunctionProps<Env> {
  readonly name: FunctionName;
  readonly description: string;
  readonly environment: Environment;
  /** Directory with one folder a function, as `buildFunctions` leaves it. */
  readonly functionsDir: string;
  /** Exactly the variables that `lambdas/<name>/env.ts` reads: a missing one does not compile. */
  readonly variables: Readonly<Record<keyof Env, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** What it may do beyond writing its log and its traces. */
  readonly permissions: readonly Permission[];
}

/** A function of ours: arm64, newest LTS Node, X-Ray, a log group that forgets, a role that may do only what is listed. */
export class MonitorFunction<Env> extends Construct {
  readonly name: FunctionName;
  readonly lambda: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: MonitorFunctionProps<Env>) {
    super(scope, id);
    const { name, environment } = props;
    const functionName = namesOf(environment.name).function(name);
    this.name = name;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: environment.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    grantTo(this.role, props.permissions);
    acknowledgeWildcards(this.role, ['*'], 'X-Ray segments belong to no resource');
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      description: props.description,
      code: Code.fromAsset(join(props.functionsDir, name)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      role: this.role,
      logGroup,
      environment: {
        ...props.variables,
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: KPI_NAMESPACE,
        POWERTOOLS_LOG_LEVEL: environment.name === 'dev' ? 'DEBUG' : 'INFO',
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
  }
}

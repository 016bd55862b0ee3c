/**
 * What every stand-in for an AWS service looks like. One file a service: it answers the service's real wire protocol on
 * 127.0.0.1, so that the official SDK clients of the deployed handlers talk to it unchanged.
 */

/** One request as the shared HTTP endpoint hands it over, body already un-gzipped. */
export interface AwsRequest {
  /** Operation of an `X-Amz-Target` or `Action=` protocol (`WriteRecords`); absent for REST services. */
  readonly operation?: string;
  readonly method: string;
  /** Path without the query string, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** What IAM would have to allow before the request is answered: `{action: 'dynamodb:PutItem', resource: 'arn:...'}`. */
export interface Access {
  readonly action: string;
  readonly resource: string;
  /** Values of the condition keys that a policy may ask for: `{'cloudwatch:namespace': 'NeuraScaleMonitor'}`. */
  readonly context?: Readonly<Record<string, string>>;
}

export interface AwsService {
  /** The signing name in the credential scope of the Authorization header: `dynamodb`, `aps`, `iotdata`, ... */
  readonly signingName: string;
  access(request: AwsRequest): readonly Access[];
  /** @throws AwsError, which the endpoint answers in the shape of the request's own protocol */
  handle(request: AwsRequest): Promise<AwsResponse>;
  close?(): Promise<void>;
}

/** A template resource that exists in the twin: what `Ref` and `Fn::GetAtt` of it give. */
export interface Provisioned {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ResourceId {
  readonly stackName: string;
  readonly logicalId: string;
}

/** Makes one template resource real. `properties` have their intrinsic functions already resolved. */
export type Provisioner = (id: ResourceId, properties: Record<string, unknown>) => Promise<Provisioned>;

/** Resource type (`AWS::SNS::Topic`) to what makes one. */
export type Provisioners = Readonly<Record<string, Provisioner>>;

/** The account and region the twin pretends to be in. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  /** `http://127.0.0.1:PORT` of the shared AWS endpoint. */
  readonly endpoint: string;
}

/** `arn:aws:<service>:<region>:<account>:<resource>` in the twin's place. */
export function arn({ region, accountId }: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}

/** An error as the service would answer it: `name` is what the SDK's exception classes are chosen by. */
export class AwsError extends Error {
  override readonly name: string;
  readonly status: number;
  /** Further members of the error's shape, such as `RejectedRecords`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(name: string, message: string, status = 400, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.members = members;
  }
}

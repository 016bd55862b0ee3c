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
}

export interface AwsService {
  /** The signing name in the credential scope of the Authorization header: `dynamodb`, `aps`, `iotdata`, ... */
  readonly signingName: string;
  access(request: AwsRequest): readonly Access[];
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

/** The account and region the twin pretends to be in. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  /** `http://127.0.0.1:PORT` of the shared AWS endpoint. */
  readonly endpoint: string;
}

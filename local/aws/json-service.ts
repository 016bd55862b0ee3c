import { json, jsonBody } from './protocol.ts';
import { type Access, AwsError, type AwsService } from './service.ts';

/** Operations of a service that speaks AWS JSON, by name: the members of the request in, those of the answer out. */
export type JsonOperations = Readonly<Record<string, (request: Record<string, unknown>) => unknown>>;

export interface JsonServiceOptions {
  readonly signingName: string;
  /** As people say it, for error messages. */
  readonly title: string;
  readonly operations: JsonOperations;
  access(operation: string, request: Record<string, unknown>): readonly Access[];
  close?(): Promise<void>;
}

/** A service of the AWS JSON protocol (`X-Amz-Target`), made of its operations. */
export function jsonService({ signingName, title, operations, access, close }: JsonServiceOptions): AwsService {
  return {
    signingName,
    access: (request) => access(request.operation ?? '', jsonBody(request)),
    async handle(request) {
      const operation = operations[request.operation ?? ''];
      if (!operation) throw unknownOperation(title, request.operation, Object.keys(operations));
      return json(await operation(jsonBody(request)));
    },
    ...(close ? { close } : {}),
  };
}

/** What is answered, and reported as a defect of the twin, for an operation that a stand-in does not have. */
export function unknownOperation(title: string, operation: string | undefined, known: readonly string[]): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `The twin's ${title} has no operation ${operation}; it has ${known.join(', ')}.`,
    404,
  );
}

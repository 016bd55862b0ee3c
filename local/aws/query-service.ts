import { unknownOperation } from './json-service.ts';
import { queryResult } from './protocol.ts';
import type { Access, AwsService } from './service.ts';

/** Operations of a service that speaks AWS Query: the form's fields in, the XML inside `<...Result>` out. */
export type QueryOperations = Readonly<
  Record<string, (form: URLSearchParams, accessKeyId: string) => string | Promise<string>>
>;

export interface QueryServiceOptions {
  readonly signingName: string;
  readonly title: string;
  readonly namespace: string;
  readonly operations: QueryOperations;
  access(operation: string, form: URLSearchParams): readonly Access[];
}

/** A service of the AWS Query protocol (a form in, XML out), made of its operations. */
export function queryService({ signingName, title, namespace, operations, access }: QueryServiceOptions): AwsService {
  return {
    signingName,
    access: (request) => access(request.operation ?? '', new URLSearchParams(request.body.toString())),
    async handle(request) {
      const { operation = '' } = request;
      const perform = operations[operation];
      if (!perform) throw unknownOperation(title, operation, Object.keys(operations));
      const accessKeyId = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      return queryResult(
        operation,
        namespace,
        await perform(new URLSearchParams(request.body.toString()), accessKeyId),
      );
    },
  };
}

/** Fields `Prefix.entry.N.<rest>` or `Prefix.member.N.<rest>` of a form as one record an entry. */
export function entriesOf(form: URLSearchParams, prefix: string): Record<string, string>[] {
  const entries: Record<string, string>[] = [];
  for (const [name, value] of form) {
    const [, index, rest] = new RegExp(`^${prefix}\\.(?:entry|member)\\.(\\d+)\\.(.+)$`).exec(name) ?? [];
    if (index === undefined || rest === undefined) continue;
    const entry = entries[Number(index) - 1] ?? {};
    entry[rest] = value;
    entries[Number(index) - 1] = entry;
  }
  return entries;
}

import { queryService } from './query-service.ts';
import type { AwsService, Place } from './service.ts';

/** STS: who is calling. */
export function createSts({ accountId }: Place, principalOf: (accessKeyId: string) => string): AwsService {
  return queryService({
    signingName: 'sts',
    title: 'STS',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: {
      GetCallerIdentity(_, accessKeyId) {
        return `<Arn>${principalOf(accessKeyId)}</Arn><UserId>${accessKeyId}</UserId><Account>${accountId}</Account>`;
      },
    },
    // Everybody may ask who they are, without any permission.
    access: () => [],
  });
}

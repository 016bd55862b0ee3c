import { expect, test } from '@jest/globals';
import { DECLARED, declaredProvisioners } from '../../../local/aws/declared.ts';
import { ID } from './support.ts';

const PLACE = { accountId: '123456789012', region: 'us-east-1', endpoint: 'http://127.0.0.1:1' };
const provisioners = declaredProvisioners(PLACE);

test('every resource that is only declared has a reason', () => {
  expect(Object.keys(provisioners).sort()).toEqual(Object.keys(DECLARED).sort());
});

test('what others refer to has a name and an ARN', async () => {
  expect(await provisioners['AWS::Logs::LogGroup']?.(ID, { LogGroupName: '/aws/lambda/f' })).toEqual({
    ref: '/aws/lambda/f',
    attributes: { Arn: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f' },
  });
  expect((await provisioners['AWS::KMS::Key']?.(ID, {}))?.attributes.Arn).toMatch(
    /:key\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

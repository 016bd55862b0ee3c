import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { examineAccount } from '../../bin/doctor/account.ts';
import { storeCosts } from '../../bin/doctor/costs.ts';
import { nodeVersion } from '../../bin/doctor/machine.ts';

/** AWS as one account sees it, over the real wire protocols of the four services that the doctor asks. */
interface Account {
  isBootstrapped: boolean;
  isTimestreamOpen: boolean;
  hasIdentityCenter: boolean;
}

describe('the doctor, asked about an account', () => {
  let server: Server;
  let account: Account;
  const saved = { ...process.env };

  beforeEach(async () => {
    account = { isBootstrapped: true, isTimestreamOpen: true, hasIdentityCenter: true };
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const [status, type, text] = answer(account, String(request.headers['x-amz-target'] ?? ''), body);
        response.writeHead(status, { 'content-type': type }).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  });

  afterEach(async () => {
    process.env = { ...saved };
    await new Promise((resolve) => server.close(resolve));
  });

  const verdicts = async (region?: string) =>
    (await examineAccount(region)).map(({ verdict, text }) => `${verdict}: ${text}`);

  test('finds nothing to mend in one that is ready', async () => {
    const found = await verdicts('eu-west-1');
    expect(found.filter((line) => !line.startsWith('ok'))).toEqual([]);
    expect(found[0]).toBe('ok: AWS account 111122223333 as arn:aws:iam::111122223333:user/dev');
  });

  test('says that Timestream is closed to it, and what to deploy instead', async () => {
    account.isTimestreamOpen = false;
    const findings = await examineAccount('eu-west-1');
    expect(findings).toContainEqual({
      verdict: 'warning',
      text: 'Timestream for LiveAnalytics is closed to this account (AWS closed it to new customers on 2025-06-20)',
      remedy: 'deploy with -c metricStore=prometheus',
    });
  });

  test('names what is missing, each with what to do', async () => {
    account.isBootstrapped = false;
    account.hasIdentityCenter = false;
    const problems = (await examineAccount('eu-west-1')).filter(({ verdict }) => verdict === 'problem');
    expect(problems.map(({ remedy }) => remedy)).toEqual([
      'run npx cdk bootstrap aws://111122223333/eu-west-1',
      expect.stringContaining('enable it in the console'),
    ]);
  });

  test('asks for a region where none is chosen', async () => {
    expect(await verdicts(undefined)).toContain('problem: no region is chosen');
  });
});

function answer(account: Account, target: string, body: string): [status: number, type: string, text: string] {
  const json = (value: unknown, status = 200): [number, string, string] => [
    status,
    'application/x-amz-json-1.0',
    JSON.stringify(value),
  ];
  if (body.includes('GetCallerIdentity')) {
    const result = '<Arn>arn:aws:iam::111122223333:user/dev</Arn><UserId>U</UserId><Account>111122223333</Account>';
    return [
      200,
      'text/xml',
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
    ];
  }
  if (body.includes('DescribeStacks')) {
    return account.isBootstrapped
      ? [
          200,
          'text/xml',
          '<DescribeStacksResponse><DescribeStacksResult><Stacks/></DescribeStacksResult></DescribeStacksResponse>',
        ]
      : [
          400,
          'text/xml',
          '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id CDKToolkit does not exist</Message></Error></ErrorResponse>',
        ];
  }
  if (target.endsWith('DescribeEndpoints')) {
    return account.isTimestreamOpen
      ? json({ Endpoints: [{ Address: '127.0.0.1', CachePeriodInMinutes: 60 }] })
      : json(
          {
            __type: 'AccessDeniedException',
            message: 'Only existing Timestream for LiveAnalytics customers can access the service.',
          },
          400,
        );
  }
  return json({ Instances: account.hasIdentityCenter ? [{ InstanceArn: 'arn:aws:sso:::instance/ssoins-1' }] : [] });
}

describe('the doctor, asked about costs', () => {
  test('a fleet of a hundred devices costs about what the price list says', () => {
    const [timestream, prometheus] = storeCosts({ devices: 100, seriesPerDevice: 40, intervalSeconds: 10 });
    // 100 x 40 x 2,628,000 s / 10 s = 1,051.2 million samples, 40 million of them free, at $0.90 per ten million.
    expect(prometheus.usdPerMonth).toBeCloseTo(91, 0);
    expect(timestream.usdPerMonth).toBeGreaterThan(prometheus.usdPerMonth);
  });

  test('half the interval costs at least as much with either store', () => {
    const [slow, fast] = [10, 5].map((intervalSeconds) =>
      storeCosts({ devices: 50, seriesPerDevice: 40, intervalSeconds }),
    );
    for (const [i, cost] of (fast ?? []).entries()) {
      expect(cost.usdPerMonth).toBeGreaterThan(slow?.[i]?.usdPerMonth ?? Number.NaN);
    }
  });
});

describe('the doctor, asked about this machine', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
    ['20.18.3', 'problem'],
    ['18.20.0', 'problem'],
  ])('Node %s: %s', (version, verdict) => {
    expect(nodeVersion(version).verdict).toBe(verdict);
  });
});

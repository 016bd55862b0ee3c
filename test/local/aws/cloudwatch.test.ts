import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cloudWatchKpis } from '../../../lambdas/ingest/cloudwatch.ts';
import { type CloudWatch, createCloudWatch } from '../../../local/aws/cloudwatch.ts';
import { decide, type PolicyDocument } from '../../../local/iam/policy.ts';
import { type Rig, startRig } from './support.ts';

const MINUTE = Date.parse('2026-11-23T10:00:00Z');
const window = { StartTime: new Date(MINUTE - 3_600_000), EndTime: new Date(MINUTE + 3_600_000) };
let rig: Rig;
let cloudWatch: CloudWatch;
let client: CloudWatchClient;

beforeAll(async () => {
  rig = await startRig();
  cloudWatch = createCloudWatch(() => MINUTE);
  rig.endpoint.use(cloudWatch.service);
  client = new CloudWatchClient(rig.client);
});

afterAll(async () => {
  client.destroy();
  await rig.endpoint.close();
});

test("ingest's key figures are added up by the minute", async () => {
  const publish = cloudWatchKpis(client, 'Fleet', 'dev');
  const kpi = { name: 'Quality', unit: 'None', minuteMs: MINUTE, count: 2, sum: 3, min: 1, max: 2 } as const;
  await publish([kpi, { ...kpi, count: 1, sum: 9, min: 9, max: 9 }, { ...kpi, minuteMs: MINUTE + 60_000 }]);
  const { Datapoints } = await client.send(
    new GetMetricStatisticsCommand({
      ...window,
      Namespace: 'Fleet',
      MetricName: 'Quality',
      Dimensions: [{ Name: 'Environment', Value: 'dev' }],
      Period: 60,
      Statistics: ['Average', 'SampleCount', 'Minimum', 'Maximum'],
    }),
  );
  expect(Datapoints).toEqual([
    { Timestamp: new Date(MINUTE), Average: 4, SampleCount: 3, Minimum: 1, Maximum: 9 },
    { Timestamp: new Date(MINUTE + 60_000), Average: 1.5, SampleCount: 2, Minimum: 1, Maximum: 2 },
  ]);
});

test('a role that may write to one namespace is refused another', async () => {
  const { service } = createCloudWatch(() => MINUTE);
  const onlyFleet: PolicyDocument = {
    Statement: {
      Effect: 'Allow',
      Action: 'cloudwatch:PutMetricData',
      Resource: '*',
      Condition: { StringEquals: { 'cloudwatch:namespace': 'Fleet' } },
    },
  };
  const fenced = await startRig({
    authorize: (_key, access) =>
      access
        .filter((one) => decide([onlyFleet], one) !== 'allowed')
        .map((one) => ({ access: one, principal: 'role' }))[0],
  });
  fenced.endpoint.use(service);
  const writer = new CloudWatchClient(fenced.client);
  const put = (Namespace: string) =>
    writer.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'm', Value: 1 }] }));
  await expect(put('Fleet')).resolves.toBeDefined();
  await expect(put('Other')).rejects.toThrow(/not authorized to perform: cloudwatch:PutMetricData/);
  writer.destroy();
  await fenced.endpoint.close();
});

test('a large request, which clients send as gzip, is understood', async () => {
  const MetricData = Array.from({ length: 400 }, (_, i) => ({
    MetricName: `m${i}`,
    Value: i,
    Timestamp: new Date(MINUTE),
  }));
  await client.send(new PutMetricDataCommand({ Namespace: 'Large', MetricData }));
  expect((await client.send(new ListMetricsCommand({ Namespace: 'Large' }))).Metrics).toHaveLength(400);
});

const emf = {
  _aws: {
    Timestamp: MINUTE,
    CloudWatchMetrics: [
      {
        Namespace: 'Functions',
        Dimensions: [['service'], ['service', 'function']],
        Metrics: [{ Name: 'Parked', Unit: 'Count' }, { Name: 'Absent' }],
      },
    ],
  },
  service: 'ingest',
  function: 'f',
  Parked: [1, 2],
};

test("metrics in a function's log become metrics for each set of dimensions", async () => {
  cloudWatch.ingestEmf(JSON.stringify(emf));
  cloudWatch.ingestEmf('START RequestId: "CloudWatchMetrics"');
  cloudWatch.ingestEmf('{"level":"INFO"}');
  const query = (Id: string, Dimensions: { Name: string; Value: string }[]) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'Functions', MetricName: 'Parked', Dimensions }, Period: 60, Stat: 'Sum' },
  });
  const service = { Name: 'service', Value: 'ingest' };
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      ...window,
      MetricDataQueries: [
        query('a', [service]),
        query('b', [service, { Name: 'function', Value: 'f' }]),
        query('c', []),
      ],
    }),
  );
  expect(MetricDataResults?.map(({ Id, Values }) => [Id, Values])).toEqual([
    ['a', [3]],
    ['b', [3]],
    ['c', []],
  ]);
});

test('a percentile is refused instead of made up', async () => {
  const MetricStat = {
    Metric: { Namespace: 'Functions', MetricName: 'Parked', Dimensions: [{ Name: 'service', Value: 'ingest' }] },
    Period: 60,
    Stat: 'p99',
  };
  await expect(
    client.send(new GetMetricDataCommand({ ...window, MetricDataQueries: [{ Id: 'a', MetricStat }] })),
  ).rejects.toThrow('no statistic p99');
});

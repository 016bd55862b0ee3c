import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findDeployment } from '../../bin/deployment.ts';
import { announceTwin, type RunningTwin } from '../../local/running-twin.ts';

let cache: string;
let server: Server;
let url: string;
const saved = { ...process.env };
/** Stack name to its outputs: CloudFormation as one account sees it. */
let stacks: Record<string, Record<string, string>> = {};

beforeEach(async () => {
  cache = mkdtempSync(path.join(tmpdir(), 'nsmon-deployment-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const name = new URLSearchParams(body).get('StackName') ?? '';
      const outputs = stacks[name];
      response.writeHead(outputs ? 200 : 400, { 'content-type': 'text/xml' });
      response.end(outputs ? describeStacks(name, outputs) : refusal(name));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  process.env = { ...saved };
  rmSync(cache, { recursive: true, force: true });
  await new Promise((resolve) => server.close(resolve));
});

describe('a twin on this machine', () => {
  test('is found while it runs, with all that a command needs', async () => {
    announce(process.pid, twin({}));
    const found = await findDeployment({}, cache);
    expect(found).toMatchObject({
      kind: 'twin',
      environment: 'dev',
      describe: `the twin of process ${process.pid} on this machine`,
      alertsTable: 'alerts-1',
      client: { endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'AKIA', secretAccessKey: 's' } },
      store: { kind: 'timestream', database: 'nsmon_dev', table: 'metrics', rollupTable: 'metrics_1m' },
    });
    expect(found.output('AcknowledgeUrl')).toBe('http://127.0.0.1:1/');
    expect(() => found.output('Nothing')).toThrow(/no output Nothing/);
  });

  test('is not found once it has stopped', async () => {
    announce(process.pid, twin({}))();
    await expect(findDeployment({}, cache)).rejects.toThrow(/no twin runs on this machine; start one .* --env dev/);
  });

  test('is not found when its process was killed, or when another process got its number', async () => {
    announce(spawnSync(process.execPath, ['--version']).pid, twin({}));
    announce(process.pid, twin({ endpoint: 'http://127.0.0.1:1' }));
    await expect(findDeployment({ twin: true }, cache)).rejects.toThrow(/no twin runs/);
  });
});

describe('a deployment on AWS', () => {
  beforeEach(() => {
    process.env.AWS_ENDPOINT_URL = url;
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    stacks = {
      'nsmon-staging-store': { MetricStore: 'prometheus', PrometheusEndpoint: 'https://aps/' },
      'nsmon-staging-ingest': {},
      'nsmon-staging-alerting': { AlertsTableName: 'alerts-aws' },
      'nsmon-staging-edge': {},
    };
  });

  test('is found by the outputs of its stacks', async () => {
    announce(process.pid, twin({}));
    const found = await findDeployment({ env: 'staging', region: 'eu-central-1' }, cache);
    expect(found).toMatchObject({
      kind: 'aws',
      describe: 'staging in eu-central-1',
      alertsTable: 'alerts-aws',
      store: { kind: 'prometheus', endpoint: 'https://aps/' },
    });
    expect(found.client.credentials).toBeUndefined();
  });

  test('that is not there is named with what to do', async () => {
    await expect(findDeployment({ env: 'prod', region: 'eu-central-1' }, cache)).rejects.toThrow(
      /the stack nsmon-prod-\w+ is not deployed in eu-central-1: give its --region, or deploy it first/,
    );
    await expect(findDeployment({ env: 'production' }, cache)).rejects.toThrow(
      '--env is "production"; the environments are dev, staging, prod',
    );
    await expect(findDeployment({ env: 'dev', twin: true }, cache)).rejects.toThrow(/exclude each other/);
  });
});

function announce(pid: number, record: RunningTwin): () => void {
  const directory = path.join(cache, 'runs', String(pid));
  mkdirSync(directory, { recursive: true });
  return announceTwin(directory, { ...record, pid });
}

function twin(changed: Partial<RunningTwin>): RunningTwin {
  return {
    pid: 0,
    startedAtMs: 1,
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 's' },
    environment: 'dev',
    outputs: { AlertsTableName: 'alerts-1', MetricStore: 'timestream', AcknowledgeUrl: 'http://127.0.0.1:1/' },
    webUrl: 'http://127.0.0.1:3000/',
    agentStatusUrl: 'http://127.0.0.1:3001/status',
    ...changed,
  };
}

function describeStacks(name: string, outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

function refusal(name: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`;
}

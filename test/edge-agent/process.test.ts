import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { fullLabels, type MetricBatch, seriesKey } from '../../core/metrics/model.ts';
import { decodeMetrics } from '../../edge-agent/uplink/messages.ts';
import { TestBroker } from '../support/mqtt-broker.ts';
import { TestAuthority } from '../support/pki.ts';

const directory = mkdtempSync(join(tmpdir(), 'nsmon-process-'));
const children: ChildProcess[] = [];
let authority: TestAuthority;
let broker: TestBroker;

beforeAll(async () => {
  authority = await TestAuthority.create(directory);
  broker = await TestBroker.start(authority);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await broker.close();
  rmSync(directory, { recursive: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', resolve('edge-agent/main.ts'), ...args], {
    env: { ...process.env, ...env },
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return { child, exited: new Promise((done) => child.on('close', done)), output: () => output };
}

async function configFile(): Promise<string> {
  const { certificateFile, privateKeyFile } = await authority.issue('lab-1');
  const file = join(directory, 'agent.json');
  writeFileSync(
    file,
    JSON.stringify({
      environment: 'dev',
      thing: 'lab-1',
      dataDirectory: join(directory, 'data'),
      uplink: {
        kind: 'mqtt',
        host: '127.0.0.1',
        port: broker.port,
        certificateFile,
        privateKeyFile,
        caFile: authority.caFile,
      },
      board: { kind: 'generated', deviceId: 'cyton-1' },
      rules: [resolve('rules/alerts')],
      intervals: { publish: 1, flush: 5 },
    }),
  );
  return file;
}

/** A store behind the broker: acknowledges what it has when it is asked to, keeps each point once. */
class Store {
  readonly batches: MetricBatch[] = [];
  answering = false;
  private read = 0;

  take(): void {
    for (const { topic, payload } of broker.received.slice(this.read)) {
      this.read += 1;
      if (!topic.endsWith('/metrics')) continue;
      const batch = decodeMetrics(payload);
      this.batches.push(batch);
      if (this.answering) void this.acknowledge(batch.boot);
    }
  }

  points(): Set<string> {
    return new Set(
      this.batches.flatMap(({ groups }) =>
        groups.flatMap(({ resource, points }) =>
          points.map((p) => `${p.kind} ${seriesKey(p.name, fullLabels(resource, p.labels))} ${p.timeMs}`),
        ),
      ),
    );
  }

  private acknowledge(boot: string): Promise<void> {
    const ranges = this.batches.filter((batch) => batch.boot === boot).map(({ seq }) => [seq, seq]);
    return broker.publish('nsmon/dev/lab-1/ack', JSON.stringify({ boot, ranges }));
  }

  /** Resolves when at least `count` messages of runs other than `except` are there. */
  async until(count: number, except = ''): Promise<void> {
    while (this.batches.filter(({ boot }) => boot !== except).length < count) {
      this.take();
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

describe('the agent as a process', () => {
  test('killed and started again has everything stored that it ever recorded', async () => {
    const store = new Store();
    const config = await configFile();
    const first = run(['--config', config]);
    await store.until(2);
    first.child.kill('SIGKILL');
    await first.exited;
    store.take();
    const [before] = store.batches;

    store.answering = true;
    const second = run(['--config', config]);
    await store.until(2, before?.boot);
    const polling = setInterval(() => store.take(), 20);
    second.child.kill('SIGTERM');
    expect(await second.exited).toBe(0);
    clearInterval(polling);
    store.take();

    const last = second.output().trim().split('\n').at(-1) ?? '';
    const { message, ledger } = JSON.parse(last) as { message: string; ledger: Record<string, number> };
    expect(message).toBe('agent stopped');
    expect(ledger).toEqual({
      recorded: store.points().size,
      acknowledged: store.points().size,
      buffered: 0,
      dropped: 0,
      damaged: 0,
    });
    const resent = store.batches.filter(({ boot }) => boot === before?.boot);
    expect(resent.length).toBeGreaterThan(new Set(resent.map(({ seq }) => seq)).size);
  });

  test('ends with code 2 and one clear error, no stack trace, on bad input', async () => {
    const base = {
      environment: 'dev',
      thing: 'x',
      dataDirectory: join(directory, 'other'),
      uplink: { kind: 'greengrass' },
    };
    const withBoard = (file: string) => ({ ...base, board: { kind: 'recorded', deviceId: 'x', file } });
    const cases: readonly [args: string[], config: unknown, expected: string][] = [
      [[], undefined, 'No configuration.\nUsage: edge-agent --config FILE'],
      [['--confg', 'x'], undefined, "Unknown option '--confg'"],
      [['--config', '/nowhere.json'], undefined, '/nowhere.json: the configuration cannot be read (ENOENT).'],
      [[], { ...base, environment: 1 }, 'NSMON_CONFIG: environment is 1; it must be dev, staging or prod'],
      [[], { ...base, rules: ['/no/rules.yaml'] }, '/no/rules.yaml: rules cannot be read (ENOENT).'],
      [[], withBoard('/no/recording.edf'), '/no/recording.edf: it cannot be read (ENOENT).'],
    ];
    await Promise.all(
      cases.map(async ([args, config, expected]) => {
        const env = config === undefined ? {} : { NSMON_CONFIG: JSON.stringify(config) };
        const { exited, output } = run(args, env);
        expect([await exited, output()]).toEqual([2, expect.stringContaining(expected)]);
        expect(output()).not.toMatch(/^\s+at /m);
      }),
    );
  });
});

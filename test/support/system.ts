import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AgentConfig } from '../../edge-agent/config.ts';
import { prepareAssembly } from '../../local/assembly.ts';
import { agentEntry } from '../../local/start/agent-entry.ts';
import {
  type AgentProcess,
  type AgentStatus,
  type Ledger,
  startAgentProcess,
} from '../../local/start/agent-process.ts';
import { alertsReader, alertsTable, type CloudAlerts } from '../../local/start/groups.ts';
import { freePort } from '../../local/start/ports.ts';
import { balance, type PointsReport } from '../../local/start/report.ts';
import { countArchived, countStored } from '../../local/start/stored.ts';
import { startTwin, type Twin } from '../../local/twin.ts';
import { until } from './until.ts';

export const ENVIRONMENT = 'dev';
const EVALUATE_RULES = `nsmon-${ENVIRONMENT}-evaluate-rules`;
export const RULES = 'test/e2e/rules';
/** The signal of every agent that is not given another: deterministic. */
export const BOARD = { kind: 'generated', deviceId: 'headset-1' } as const;
export const SEED = 7;

/** The deployed system on this machine, with everything that takes a minute made to take a second. */
export interface System {
  readonly twin: Twin;
  /** Starts an agent in a process of its own; the same name again means the same data directory. */
  agent(thing: string, options?: AgentOptions): Promise<TestAgent>;
  /** Asks the store, the archive and the agent's last ledger how many points each has. */
  account(thing: string, ledger: Ledger): Promise<PointsReport>;
  alerts(): Promise<CloudAlerts>;
  /** Fires the schedule of the cloud's rules, which would be in up to a minute, and waits until they were evaluated. */
  evaluateRules(): Promise<void>;
  /** For files of the test; certificates are in `pki` below it. */
  readonly directory: string;
  /** Ends every process and removes every file. */
  close(): Promise<void>;
}

export interface AgentOptions {
  readonly config?: Partial<AgentConfig>;
  /** Another program than the bundled agent. */
  readonly entry?: string;
}

export interface TestAgent extends AgentProcess {
  readonly log: readonly string[];
  /** The status once `holds`. @throws Error with the agent's last words after `withinMs` */
  when(what: string, holds: (status: AgentStatus) => boolean, withinMs?: number): Promise<AgentStatus>;
  /** Sends a command as the cloud does. */
  command(body: object): Promise<void>;
}

/** Twins of one store differ in nothing, so that one assembly serves every test. */
export async function startSystem(metricStore: 'timestream' | 'prometheus', warm: readonly string[]): Promise<System> {
  const root = process.cwd();
  const directory = mkdtempSync(join(tmpdir(), 'nsmon-e2e-'));
  const agents: AgentProcess[] = [];
  let assemblyDir = '';
  let twin: Twin | undefined;
  const close = async (): Promise<void> => {
    await Promise.all(agents.map((agent) => agent.kill()));
    await twin?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const context = {
      env: ENVIRONMENT,
      metricStore,
      rules: RULES,
      ackIntervalSeconds: '1',
      reportIntervalSeconds: '1',
    };
    ({ directory: assemblyDir } = await prepareAssembly({ projectRoot: root, context }));
    twin = await startTwin({ assemblyDir, dataDir: directory, warm });
  } catch (error) {
    await close();
    throw error;
  }
  const running = twin;
  const { endpoint, credentials, place, deployment } = running;
  const dynamo = new DynamoDBClient({ region: place.region, endpoint, credentials });
  return {
    twin: running,
    async agent(thing, { config = {}, entry = agentEntry(assemblyDir) } = {}) {
      const identity = await running.issueThing(thing, { tenant: 'acme', site: 'berlin' });
      const statusPort = await freePort();
      const log: string[] = [];
      const agent = await startAgentProcess(
        {
          entry,
          configFile: join(directory, `${thing}.json`),
          config: {
            environment: ENVIRONMENT,
            thing,
            dataDirectory: join(directory, thing),
            uplink: {
              kind: 'mqtt',
              host: identity.mqttHost,
              port: identity.mqttPort,
              certificateFile: identity.certPath,
              privateKeyFile: identity.keyPath,
              caFile: identity.caPath,
            },
            board: BOARD,
            seed: SEED,
            rules: [join(root, RULES, 'alerts')],
            intervals: { publish: 1, host: 1, lease: 1, scrape: 1, resend: 2, flush: 15 },
            statusPort,
            allowFaultInjection: true,
            ...config,
          },
          log: (line) => log.push(line),
        },
        statusPort,
      );
      agents.push(agent);
      return {
        ...agent,
        log,
        when: (what, holds, withinMs = 15_000) => when(agent, log, what, holds, withinMs),
        command: (body) => running.publish(`nsmon/${ENVIRONMENT}/${thing}/commands`, Buffer.from(JSON.stringify(body))),
      };
    },
    async account(thing, { recorded, buffered }) {
      const [stored, { archived, rejected }] = await Promise.all([
        countStored(running.store, thing),
        countArchived(running, thing),
      ]);
      return balance({ recorded, stored, archived, rejected, buffered });
    },
    alerts: alertsReader(dynamo, alertsTable(deployment.resources)),
    evaluateRules: () => evaluateRules(running),
    directory,
    async close() {
      dynamo.destroy();
      await close();
    },
  };
}

async function evaluateRules({ logs, runSchedule }: Twin): Promise<void> {
  const runs = () => logs.lines(EVALUATE_RULES).filter(({ text }) => text.includes('CloudAlertsFiring')).length;
  const before = runs();
  await runSchedule('EveryMinute');
  await until(() => runs() > before);
}

async function when(
  agent: AgentProcess,
  log: readonly string[],
  what: string,
  holds: (status: AgentStatus) => boolean,
  withinMs: number,
): Promise<AgentStatus> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const status = await agent.status();
    if (status && holds(status)) return status;
    if (performance.now() > giveUpAt || agent.exitCode() !== undefined) {
      throw new Error(`the agent: not ${what} within ${withinMs} ms; its last words:\n${log.slice(-10).join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

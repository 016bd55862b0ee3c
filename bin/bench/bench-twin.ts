import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { prepareAssembly } from '../../local/assembly.ts';
import { agentEntry } from '../../local/start/agent-entry.ts';
import { type AgentProcess, startAgentProcess } from '../../local/start/agent-process.ts';
import { freePort } from '../../local/start/ports.ts';
import { startTwin, type Twin } from '../../local/twin.ts';
import { PROJECT } from './project.ts';

const ENVIRONMENT = 'dev';
const THING = 'bench-1';
const CONNECTED_WITHIN_MS = 20_000;

export interface BenchTwin {
  readonly twin: Twin;
  /** Starts the agent, once, with these settings beside its identity; resolves when it is connected. */
  startAgent(settings: object): Promise<AgentProcess>;
  stop(): Promise<void>;
}

/**
 * The twin from the synthesised template, as `npm start` runs it. No function has been started.
 * @param rules directory of the rules, from the project's
 */
export async function startBenchTwin(say: (line: string) => void, rules = 'rules'): Promise<BenchTwin> {
  const assembly = await prepareAssembly({ projectRoot: PROJECT, context: { env: ENVIRONMENT, rules } });
  const twin = await startTwin({ assemblyDir: assembly.directory, dataDir: path.join(PROJECT, '.nsmon') });
  say(`the twin runs with ${twin.counts.functions} functions; their first processes are not started`);
  const directory = mkdtempSync(path.join(os.tmpdir(), 'nsmon-bench-'));
  let agent: AgentProcess | undefined;
  return {
    twin,
    async startAgent(settings) {
      const thing = await twin.issueThing(THING, { tenant: 'bench', site: 'bench' });
      const statusPort = await freePort();
      const words: string[] = [];
      const config = {
        environment: ENVIRONMENT,
        thing: THING,
        dataDirectory: path.join(directory, 'agent'),
        uplink: {
          kind: 'mqtt',
          host: thing.mqttHost,
          port: thing.mqttPort,
          certificateFile: thing.certPath,
          privateKeyFile: thing.keyPath,
          caFile: thing.caPath,
        },
        rules: [path.join(PROJECT, rules, 'alerts')],
        statusPort,
        ...settings,
      };
      const configFile = path.join(directory, 'agent.json');
      const entry = agentEntry(assembly.directory);
      agent = await startAgentProcess({ entry, configFile, config, log: (line) => words.push(line) }, statusPort);
      await connected(agent, words);
      return agent;
    },
    async stop() {
      await agent?.kill();
      await twin.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function connected(agent: AgentProcess, words: readonly string[]): Promise<void> {
  const deadline = performance.now() + CONNECTED_WITHIN_MS;
  while (performance.now() < deadline && agent.exitCode() === undefined) {
    if ((await agent.status())?.connected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the agent does not connect; its last words:\n${words.slice(-10).join('\n')}`);
}

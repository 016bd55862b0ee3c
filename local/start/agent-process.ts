import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { SessionReport } from '../../core/alerting/session.ts';
import { RESTART_EXIT_CODE } from '../../edge-agent/recipe/exit-codes.ts';
import { NODE_FLAGS } from '../../edge-agent/recipe/node-flags.ts';
import type { AgentStatus } from '../../edge-agent/status.ts';

export type { AgentStatus } from '../../edge-agent/status.ts';

/** How the twin runs the agent: the same bundle that Greengrass runs, in a process of its own. */
export interface AgentProcessOptions {
  /** The bundled agent, or its TypeScript source. */
  readonly entry: string;
  /** Written to `configFile`, see edge-agent/config.ts. */
  readonly config: unknown;
  readonly configFile: string;
  readonly log: (line: string) => void;
}

export interface AgentProcess {
  readonly pid: number;
  /** The agent's own view, from its status page; undefined while it starts, or when it is gone. */
  status(): Promise<AgentStatus | undefined>;
  /** As the lab's application does. Rejects when the agent does not take it. */
  tellSession(session: SessionReport): Promise<void>;
  /** Lets it flush what it has and ask for the last acknowledgements. @returns its last ledger */
  stop(): Promise<Ledger>;
  /** Ends it without a warning, as a power cut does. */
  kill(): Promise<void>;
  /** The code it ended with; undefined while it runs. */
  exitCode(): number | undefined;
}

export type Ledger = AgentStatus['ledger'];

/** A stopping agent waits for acknowledgements; this is longer than it will. */
const STOP_WITHIN_MS = 20_000;
const STATUS_WITHIN_MS = 2_000;

export async function startAgentProcess(options: AgentProcessOptions, statusPort: number): Promise<AgentProcess> {
  writeFileSync(options.configFile, JSON.stringify(options.config, null, 2));
  const loader = options.entry.endsWith('.ts') ? ['--import', 'tsx'] : ['--enable-source-maps'];
  let lastLedger: Ledger | undefined;
  const start = (): ChildProcess => {
    const started = spawn(process.execPath, [...NODE_FLAGS, ...loader, options.entry, '--config', options.configFile], {
      // Where tsx is found, wherever the twin is started from.
      cwd: import.meta.dirname,
      // The channel closes when this process is killed: that ends the agent too.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C in a terminal goes to the whole group, and the agent ends when its turn comes.
      detached: true,
    });
    for (const stream of [started.stdout, started.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lastLedger = ledgerIn(line) ?? lastLedger;
        options.log(line);
      });
    }
    // As the Greengrass nucleus does when a component asks for it.
    started.once('exit', (code) => {
      if (code === RESTART_EXIT_CODE && !isEnding) child = start();
    });
    return started;
  };
  let isEnding = false;
  let child = start();

  return {
    // No number: it could not be started, which its exit says.
    get pid() {
      return child.pid ?? 0;
    },
    async status() {
      try {
        const response = await fetch(`http://127.0.0.1:${statusPort}/status`, {
          signal: AbortSignal.timeout(STATUS_WITHIN_MS),
        });
        const status = response.ok ? ((await response.json()) as AgentStatus) : undefined;
        lastLedger = status?.ledger ?? lastLedger;
        return status;
      } catch {
        return undefined;
      }
    },
    async tellSession(session) {
      const response = await fetch(`http://127.0.0.1:${statusPort}/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(session),
        signal: AbortSignal.timeout(STATUS_WITHIN_MS),
      });
      if (!response.ok) throw new Error(`the agent does not take the session: ${await response.text()}`);
    },
    async stop() {
      isEnding = true;
      await end(child, 'SIGTERM');
      return lastLedger ?? { recorded: 0, acknowledged: 0, buffered: 0, dropped: 0, damaged: 0 };
    },
    async kill() {
      isEnding = true;
      await end(child, 'SIGKILL');
    },
    exitCode: () => child.exitCode ?? undefined,
  };
}

/** A stopping agent's last words hold its ledger. */
function ledgerIn(line: string): Ledger | undefined {
  if (!line.includes('"ledger"')) return undefined;
  try {
    return (JSON.parse(line) as { ledger?: Ledger }).ledger;
  } catch {
    return undefined;
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(timer);
}

import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface SampleApp {
  readonly metricsUrl: string;
  stop(): Promise<void>;
}

/** Requests a second that the twin makes of the sample application. */
const REQUESTS_PER_SECOND = 5;

/** Starts `neural-api` in a process of its own and keeps asking it for things, as users would. */
export async function startSampleApp(random: () => number): Promise<SampleApp> {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'main.ts')], {
    // Where tsx is found, wherever the twin is started from.
    cwd: import.meta.dirname,
    stdio: ['pipe', 'pipe', 'inherit'],
    // A group of its own: Ctrl-C in a terminal goes to the whole group, and this process ends when its turn comes.
    detached: true,
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) =>
      resolve((JSON.parse(line) as { port: number }).port),
    );
    child.once('exit', (code) =>
      reject(new Error(`the sample application ended with code ${code} before it listened`)),
    );
  });
  const base = `http://127.0.0.1:${port}`;

  const paths = ['/sessions', '/devices', () => `/sessions/${Math.floor(random() * 2010)}/features`] as const;
  const timer = setInterval(() => {
    const chosen = paths[Math.floor(random() * paths.length)] ?? '/sessions';
    fetch(base + (typeof chosen === 'string' ? chosen : chosen()))
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
  }, 1000 / REQUESTS_PER_SECOND);

  return {
    metricsUrl: `${base}/metrics`,
    async stop() {
      clearInterval(timer);
      child.stdin.end();
      await exited;
    },
  };
}

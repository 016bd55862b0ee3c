import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_WITHIN_MS = 20_000;
const STOPS_WITHIN_MS = 5_000;
const LAST_WORDS = 2_000;

export interface Server {
  /** Resolves when it answers that it is ready. @throws with its last words when it ends, or is not ready in time */
  ready(): Promise<void>;
  /** Ends it, by force when it does not end by itself. */
  stop(): Promise<void>;
}

/** A server of somebody else's, quiet unless it fails. */
export function startServer(command: string, args: readonly string[], readyUrl: string): Server {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    words = (words + chunk).slice(-LAST_WORDS);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', ({ message }) => {
      words += message;
      resolve();
    });
  });
  let isEnded = false;
  void ended.then(() => {
    isEnded = true;
  });
  return {
    async ready() {
      const deadline = performance.now() + READY_WITHIN_MS;
      while (!isEnded && performance.now() < deadline) {
        const answer = await fetch(readyUrl, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
        await answer?.body?.cancel();
        if (answer?.ok) return;
        await sleep(50);
      }
      throw new Error(`${command} ${isEnded ? 'ended' : 'is not ready'}; its last words:\n${words}`);
    },
    async stop() {
      if (isEnded) return;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
      await ended;
      clearTimeout(force);
    },
  };
}

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Interrupted, pause, untilInterrupted } from '../../../local/start/interrupt.ts';
import { assertFree, firstFreePort, freePort } from '../../../local/start/ports.ts';
import { createProgress } from '../../../local/start/progress.ts';
import { createRunDirectory } from '../../../local/start/run-directory.ts';

const cache = mkdtempSync(join(tmpdir(), 'nsmon-cache-'));
afterAll(() => rmSync(cache, { recursive: true }));

describe('the directory of a run', () => {
  test('replaces those of runs that were killed, and leaves those that run', () => {
    const dead = String(spawnSync(process.execPath, ['--version']).pid);
    const alive = String(process.ppid);
    for (const name of [dead, alive]) mkdirSync(join(cache, 'runs', name), { recursive: true });
    const directory = createRunDirectory(cache);
    expect(existsSync(directory)).toBe(true);
    expect(readdirSync(join(cache, 'runs')).sort()).toEqual([alive, String(process.pid)].sort());
  });

  test('that cannot be made is an error that says where', () => {
    const file = join(cache, 'file');
    writeFileSync(file, '');
    expect(() => createRunDirectory(file)).toThrow(`${file}/runs cannot be written (ENOTDIR)`);
  });
});

describe('an interruption', () => {
  test('ends a pause at once', async () => {
    const signal = AbortSignal.abort(new Interrupted('interrupted'));
    await expect(pause(60_000, signal)).rejects.toBeInstanceOf(Interrupted);
    await expect(untilInterrupted(signal)).rejects.toBeInstanceOf(Interrupted);
  });

  test('that does not come leaves a pause alone', async () => {
    await expect(pause(1, new AbortController().signal)).resolves.toBeUndefined();
  });
});

describe('the port of the dashboards', () => {
  test('that is in use is said before anything starts, with what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    try {
      await expect(assertFree(port)).rejects.toThrow(
        `--port is "${port}": it is in use; choose another, or leave it out`,
      );
      expect(await firstFreePort(port, 1)).toBe(0);
    } finally {
      server.close();
    }
  });

  test('may be any that is free', async () => {
    await expect(assertFree(await freePort())).resolves.toBeUndefined();
  });
});

describe('progress', () => {
  function written(isTTY: boolean, act: (progress: ReturnType<typeof createProgress>) => void): string {
    let text = '';
    const out = { isTTY, columns: 40, write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream;
    act(createProgress(out, () => 0));
    return text;
  }

  test('in a file says every phase, and the state now and then', () => {
    const text = written(false, (progress) => {
      progress.phase('synthesising ...');
      progress.phase('starting ...');
      progress.update('1 sample');
      progress.update('2 samples');
    });
    expect(text).toBe('synthesising ...\nstarting ...\n1 sample\n');
  });

  test('on a terminal is one line, never wider than the screen, above which the rest stays', () => {
    const text = written(true, (progress) => {
      progress.phase('x'.repeat(60));
      progress.say('something happened');
      progress.end();
    });
    const line = 'x'.repeat(39);
    expect(text).toBe(`\r\u001b[2K${line}\r\u001b[2Ksomething happened\n${line}\r\u001b[2K`);
  });
});

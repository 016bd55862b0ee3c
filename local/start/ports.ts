import { createServer } from 'node:net';
import { UserError } from '../../core/user-error.ts';

const HOST = '127.0.0.1';

/** A port that is free now; 0 asks for any. @throws the system's error when it is not free */
export async function freePort(wanted: number = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(wanted, HOST, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** @throws UserError when this process may not listen there */
export async function assertFree(port: number): Promise<void> {
  await freePort(port).catch(({ code }: NodeJS.ErrnoException) => {
    const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${code})`;
    throw new UserError(`--port is "${port}": it ${why}; choose another, or leave it out`);
  });
}

/** The first free one of so many ports. @returns 0, which means any, when none is */
export async function firstFreePort(from: number, tried: number): Promise<number> {
  for (let port = from; port < from + tried; port += 1) {
    const found = await freePort(port).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return 0;
}

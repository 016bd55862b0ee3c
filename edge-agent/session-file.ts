import { readFile } from 'node:fs/promises';
import { readSession, type SessionReport } from '../core/alerting/session.ts';
import { replaceFile } from './replace-file.ts';

/**
 * The session at the board, as the lab's application last told it. It survives a restart: an agent that restarts in the
 * middle of a session must know that it is one.
 */
export class SessionFile {
  private readonly path: string;
  private session: SessionReport;
  private saving: Promise<void> = Promise.resolve();

  private constructor(path: string, session: SessionReport) {
    this.path = path;
    this.session = session;
  }

  /**
   * @param presumed what holds until an application says something: whoever knows nothing must presume that somebody is
   * wired up
   */
  static async open(path: string, presumed: SessionReport): Promise<SessionFile> {
    return new SessionFile(path, (await load(path)) ?? presumed);
  }

  current(): SessionReport {
    return this.session;
  }

  /** Takes what an application says. @returns what is wrong with it, if anything */
  async tell(value: unknown): Promise<string | undefined> {
    const session = readSession(value);
    if (typeof session === 'string') return session;
    // Two applications may say something at once; the later one holds, on disk and here.
    const saved = this.saving.then(async () => {
      await replaceFile(this.path, JSON.stringify(session));
      this.session = session;
    });
    this.saving = saved.catch(() => undefined);
    await saved;
    return undefined;
  }
}

async function load(path: string): Promise<SessionReport | undefined> {
  try {
    const session = readSession(JSON.parse(await readFile(path, 'utf8')));
    return typeof session === 'string' ? undefined : session;
  } catch {
    // None yet, or damaged: the presumption holds.
    return undefined;
  }
}

import { readFile } from 'node:fs/promises';
import type { GroupState } from '../../core/rules/index.ts';
import { replaceFile } from '../replace-file.ts';

/** State of the rules, by group. */
export type RulesState = Readonly<Record<string, GroupState>>;

/** Where the state of alerts survives a restart, so that none starts its `for` anew and none is resolved by one. */
export interface RulesStateStore {
  /** The state last saved; empty when there is none or it cannot be read. */
  load(): Promise<RulesState>;
  save(state: RulesState): Promise<void>;
}

const VERSION = 1;

export class RulesStateFile implements RulesStateStore {
  private readonly path: string;
  private saving: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  async load(): Promise<RulesState> {
    try {
      const { version, groups } = JSON.parse(await readFile(this.path, 'utf8')) as {
        version: unknown;
        groups: RulesState;
      };
      return version === VERSION ? groups : {};
    } catch {
      // None yet, or damaged: rules can start without, an agent must not fail to.
      return {};
    }
  }

  /** Replaces the file at once: a crash leaves the old state or the new one. */
  save(state: RulesState): Promise<void> {
    const text = JSON.stringify({ version: VERSION, groups: state });
    const saved = this.saving.then(() => replaceFile(this.path, text));
    this.saving = saved.catch(() => undefined);
    return saved;
  }
}

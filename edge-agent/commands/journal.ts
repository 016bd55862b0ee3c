import { readFile } from 'node:fs/promises';
import type { HealCommand, HealResult } from '../../core/healing/command.ts';
import { replaceFile } from '../replace-file.ts';

/** A command that was taken, and what became of it. */
export interface JournalEntry {
  readonly command: HealCommand;
  readonly takenAtMs: number;
  /** The last thing that was said about it. */
  readonly result: HealResult;
  /** Whether the next hop has it. */
  readonly told: boolean;
}

/** As many as a day's budgets allow, and more: an id that is forgotten has long expired. */
const KEPT = 50;

/** What was asked of this agent, on disk: no command is obeyed twice, not even across a restart. */
export class CommandJournal {
  private readonly path: string;
  private list: readonly JournalEntry[];
  private saving: Promise<void> = Promise.resolve();

  private constructor(path: string, entries: readonly JournalEntry[]) {
    this.path = path;
    this.list = entries;
  }

  static async open(path: string): Promise<CommandJournal> {
    try {
      return new CommandJournal(path, JSON.parse(await readFile(path, 'utf8')) as JournalEntry[]);
    } catch {
      // None yet, or damaged: what it held has expired or will be refused as such.
      return new CommandJournal(path, []);
    }
  }

  entries(): readonly JournalEntry[] {
    return this.list;
  }

  find(id: string): JournalEntry | undefined {
    return this.list.find(({ command }) => command.id === id);
  }

  /** Resolves when it is on disk. */
  put(entry: JournalEntry): Promise<void> {
    const others = this.list.filter(({ command }) => command.id !== entry.command.id);
    this.list = [...others, entry].slice(-KEPT);
    const text = JSON.stringify(this.list);
    const saved = this.saving.then(() => replaceFile(this.path, text));
    this.saving = saved.catch(() => undefined);
    return saved;
  }
}

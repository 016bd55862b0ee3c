import type { SessionReport } from '../../core/alerting/session.ts';
import type { Step } from '../../core/healing/action.ts';
import { ACTIONS } from '../../core/healing/actions/index.ts';
import { mayInterrupt } from '../../core/healing/checks.ts';
import { type HealCommand, type HealResult, type Refusal, readCommand } from '../../core/healing/command.ts';
import type { CommandJournal, JournalEntry } from './journal.ts';
import { type PromqlVerification, VerificationWindow } from './verification.ts';

/** What healing reaches in an agent. */
export interface HealerPorts {
  readonly thing: string;
  readonly deviceId: string | undefined;
  readonly now: () => number;
  readonly journal: CommandJournal;
  /** Undefined without a board: nobody can be wired up. */
  readonly session: () => SessionReport | undefined;
  readonly supports: (step: Step) => boolean;
  /** Rejects when the step cannot be done. A restart resolves, and ends the process soon after. */
  readonly perform: (step: Step) => Promise<void>;
  /** The expression's value on the agent's own series; null without a result. Throws where it cannot be evaluated. */
  readonly query: (expr: string) => number | null;
  /** Resolves to whether the next hop has it. */
  readonly answer: (result: HealResult) => Promise<boolean>;
  readonly log: (message: string) => void;
}

/** A command from further in the future says that a clock is wrong: then its expiry says nothing, either. */
const MAX_SKEW_MS = 30_000;

/**
 * Does what healing asks of this agent: one thing at a time, each command once, only while it is fresh, nothing that
 * interrupts a live session without its owner's consent; then watches whether it helped, and undoes it if not.
 */
export class Healer {
  private readonly ports: HealerPorts;
  private running: { readonly entry: JournalEntry; window?: VerificationWindow } | undefined;
  private telling = false;

  constructor(ports: HealerPorts) {
    this.ports = ports;
  }

  /** To be called once at the start: a restart was asked for, or came in between. */
  async resume(): Promise<void> {
    const { journal, now } = this.ports;
    const entry = journal.entries().find(({ result }) => result.status === 'accepted');
    if (!entry) return;
    this.running = { entry };
    if (entry.command.action === 'restart-component') this.verifyFrom(entry, now());
    else await this.undo(entry, 'the agent was restarted while it was under way');
  }

  /** Takes a command, which is judged as it came. */
  async take(value: unknown): Promise<void> {
    const { journal, now, log } = this.ports;
    const command = readCommand(value);
    if (typeof command === 'string') {
      log(`a command to heal was refused: ${command}`);
      return;
    }
    const known = journal.find(command.id);
    if (known) {
      // It arrived twice: only the answer is given again.
      await journal.put({ ...known, told: false });
      return this.tellAll();
    }
    const refusal = this.refusalOf(command, now());
    const entry = { command, takenAtMs: now(), told: false };
    if (refusal !== undefined) {
      await journal.put({ ...entry, result: { ...this.resultOf(command, 'refused'), refusal } });
      log(`healing ${command.id} (${command.action}) was refused: ${refusal}`);
      return this.tellAll();
    }
    const accepted: JournalEntry = { ...entry, result: this.resultOf(command, 'accepted') };
    this.running = { entry: accepted };
    // On disk before it is done: after a crash it is not done again.
    await journal.put(accepted);
    await this.tellAll();
    await this.do(accepted);
  }

  /** Once a second, after the series were collected. */
  async tick(): Promise<void> {
    await this.tellAll();
    const { running } = this;
    if (!running?.window) return;
    const { now, query } = this.ports;
    let held: boolean | undefined;
    try {
      held = running.window.look(query(running.window.expr), now());
    } catch (error) {
      await this.undo(running.entry, `the verification cannot be evaluated: ${textOf(error)}`);
      return;
    }
    if (held === true) await this.end(running.entry, { ...this.resultOf(running.entry.command, 'done') });
    else if (held === false) await this.undo(running.entry, undefined);
  }

  private refusalOf(command: HealCommand, nowMs: number): Refusal | undefined {
    const { thing, deviceId, session, supports } = this.ports;
    const { target, issuedAtMs, expiresAtMs } = command;
    const { apply, runs, touchesAcquisition } = ACTIONS[command.action];
    if (nowMs > expiresAtMs) return 'expired';
    if (issuedAtMs > nowMs + MAX_SKEW_MS) return 'clock-skew';
    const isHere = target.thing === thing && (target.deviceId === undefined || target.deviceId === deviceId);
    if (!isHere) return 'other-target';
    if (runs !== 'edge' || !supports(apply)) return 'not-supported';
    if (this.running) return 'busy';
    const told = session();
    return touchesAcquisition && told && !mayInterrupt(told, true) ? 'live-session' : undefined;
  }

  private async do(entry: JournalEntry): Promise<void> {
    const { apply } = ACTIONS[entry.command.action];
    try {
      await this.ports.perform(apply);
    } catch (error) {
      await this.undo(entry, `${apply.kind} failed: ${textOf(error)}`);
      return;
    }
    this.ports.log(`healing ${entry.command.id}: ${apply.kind} is done and will be verified`);
    // After a restart it is another process that looks.
    if (apply.kind !== 'restart-component') this.verifyFrom(entry, this.ports.now());
  }

  private verifyFrom(entry: JournalEntry, startedAtMs: number): void {
    const { action, target } = entry.command;
    const verification = ACTIONS[action].verify(target) as PromqlVerification;
    this.running = { entry, window: new VerificationWindow(verification, startedAtMs) };
  }

  /** It did not help, or could not be done. */
  private async undo(entry: JournalEntry, problem: string | undefined): Promise<void> {
    const { rollback } = ACTIONS[entry.command.action];
    const evidence = this.running?.window?.evidence();
    const said = problem === undefined ? [] : [problem];
    try {
      await this.ports.perform(rollback.step);
    } catch (error) {
      said.push(`undoing it failed, too: ${textOf(error)}`);
    }
    const result = { ...this.resultOf(entry.command, 'failed'), ...(evidence ? { evidence } : {}) };
    await this.end(entry, { ...result, ...(said.length > 0 ? { problem: said.join('; ') } : {}) });
  }

  private async end(entry: JournalEntry, result: HealResult): Promise<void> {
    const evidence = this.running?.window?.evidence();
    this.running = undefined;
    await this.ports.journal.put({ ...entry, told: false, result: evidence ? { ...result, evidence } : result });
    this.ports.log(`healing ${entry.command.id} (${entry.command.action}): ${result.status}`);
    await this.tellAll();
  }

  private resultOf({ id, action, target }: HealCommand, status: HealResult['status']): HealResult {
    const device = target.deviceId === undefined ? {} : { deviceId: target.deviceId };
    return { id, action, ...device, status, atMs: this.ports.now() };
  }

  /** Sends what the cloud may not know yet; what cannot be sent is sent at a later tick. */
  private async tellAll(): Promise<void> {
    if (this.telling) return;
    this.telling = true;
    const { journal, answer } = this.ports;
    try {
      for (const entry of journal.entries().filter(({ told }) => !told)) {
        if (!(await answer(entry.result))) return;
        // Unless more has become known meanwhile.
        if (journal.find(entry.command.id) === entry) await journal.put({ ...entry, told: true });
      }
    } finally {
      this.telling = false;
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { Action } from './actions.ts';
import type { Published } from './broker.ts';
import type { Statement } from './sql/ast.ts';
import { runStatement } from './sql/evaluate.ts';
import type { Message } from './sql/functions.ts';
import { basicIngest, filterMatches } from './topic-filter.ts';

export interface Rule {
  readonly name: string;
  readonly statement: Statement;
  readonly actions: readonly Action[];
  readonly errorAction?: Action;
}

export interface RulesEngineOptions {
  readonly accountId: string;
  readonly nowMs: () => number;
  readonly log: (line: string) => void;
}

/** IoT Core's rules engine: what was published, through each rule whose topic filter covers it, to the rule's actions. */
export class RulesEngine {
  readonly #rules = new Map<string, Rule>();
  readonly #options: RulesEngineOptions;
  readonly #running = new Set<Promise<void>>();

  constructor(options: RulesEngineOptions) {
    this.#options = options;
  }

  add(rule: Rule): void {
    this.#rules.set(rule.name, rule);
  }

  get size(): number {
    return this.#rules.size;
  }

  /** Resolves when the actions of every message so far have ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  accept(published: Published): void {
    const direct = basicIngest(published.topic);
    const topic = direct?.topic ?? published.topic;
    const rules = [...this.#rules.values()].filter(
      ({ name, statement: { from } }) =>
        (direct ? direct.ruleName === name : from !== undefined) && (from === undefined || filterMatches(from, topic)),
    );
    if (direct && rules.length === 0) {
      this.#options.log(`nothing happens with ${published.topic}: no rule of that name takes the topic ${topic}`);
    }
    const message: Message = {
      topic,
      clientId: published.clientId ?? 'N/A',
      payload: published.payload,
      receivedMs: this.#options.nowMs(),
      accountId: this.#options.accountId,
    };
    for (const rule of rules) {
      const running = this.#run(rule, message);
      this.#running.add(running);
      void running.finally(() => this.#running.delete(running));
    }
  }

  /** Never throws: a message that fails goes to the error action, and what fails there to the log. */
  async #run(rule: Rule, message: Message): Promise<void> {
    let payload: Buffer | undefined;
    try {
      payload = runStatement(rule.statement, message);
    } catch (error) {
      this.#options.log(`${rule.name}: ${String(error)}`);
    }
    if (payload === undefined) return;
    const result = payload;
    await Promise.all(
      rule.actions.map((action) =>
        action.run(result, message).catch((error: unknown) => this.#fail(rule, action, message, error)),
      ),
    );
  }

  async #fail(rule: Rule, action: Action, message: Message, error: unknown): Promise<void> {
    const errorMessage = error instanceof Error ? error.message : String(error);
    this.#options.log(`${rule.name}: ${action.kind} failed: ${errorMessage}`);
    const report = {
      ruleName: rule.name,
      topic: message.topic,
      cloudwatchTraceId: '00000000-0000-4000-8000-000000000000',
      clientId: message.clientId,
      base64OriginalPayload: message.payload.toString('base64'),
      failures: [{ failedAction: action.kind, failedResource: action.resource, errorMessage }],
    };
    await rule.errorAction?.run(Buffer.from(JSON.stringify(report)), message).catch((second: unknown) => {
      this.#options.log(`${rule.name}: the error action failed, the message is lost: ${String(second)}`);
    });
  }
}

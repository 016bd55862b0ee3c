import type { Verification } from '../../core/healing/action.ts';
import type { Evidence } from '../../core/healing/command.ts';

export type PromqlVerification = Extract<Verification, { kind: 'promql' }>;

/** Enough to see how it went. */
const MOST_VALUES = 10;

/** Looks once a second whether an expression has a result, for as long in a row as the verification asks. */
export class VerificationWindow {
  private readonly verification: PromqlVerification;
  private readonly startedAtMs: number;
  private readonly values: { atMs: number; value: number | null }[] = [];
  private heldSinceMs: number | undefined;
  private longestMs = 0;

  constructor(verification: PromqlVerification, startedAtMs: number) {
    this.verification = verification;
    this.startedAtMs = startedAtMs;
  }

  get expr(): string {
    return this.verification.expr;
  }

  /** @param value of the expression now; null without a result @returns whether it held; undefined while that is open */
  look(value: number | null, nowMs: number): boolean | undefined {
    const { holdsForMs, withinMs } = this.verification;
    this.values.push({ atMs: nowMs, value });
    if (this.values.length > MOST_VALUES) this.values.shift();
    this.heldSinceMs = value === null ? undefined : (this.heldSinceMs ?? nowMs);
    if (this.heldSinceMs !== undefined) this.longestMs = Math.max(this.longestMs, nowMs - this.heldSinceMs);
    if (this.longestMs >= holdsForMs) return true;
    return nowMs - this.startedAtMs > withinMs ? false : undefined;
  }

  evidence(): Evidence {
    const { expr, holdsForMs } = this.verification;
    return { expr, holdsForMs, heldForMs: this.longestMs, values: [...this.values] };
  }
}

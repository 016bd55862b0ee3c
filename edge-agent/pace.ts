/** When the next message is due: every `publishMs`, every `liveMs` in live mode, or as healing has asked for a while. */
export class Pace {
  private readonly publishMs: number;
  private readonly liveMs: number;
  private nextMs = 0;
  private liveEndsMs = 0;
  private asked: { readonly everyMs: number; readonly untilMs: number } | undefined;

  constructor({ publishMs, liveMs }: { publishMs: number; liveMs: number }) {
    this.publishMs = publishMs;
    this.liveMs = liveMs;
  }

  /** Live mode until `untilMs`; a shorter one does not end a longer one. */
  live(untilMs: number, nowMs: number): void {
    this.liveEndsMs = Math.max(this.liveEndsMs, untilMs);
    this.nextMs = Math.min(this.nextMs, nowMs + this.liveMs);
  }

  /** Every `everyMs` until `untilMs`, in live mode too; the latest that was asked for counts. */
  ask(everyMs: number, untilMs: number, nowMs: number): void {
    this.asked = { everyMs, untilMs };
    this.nextMs = Math.min(this.nextMs, nowMs + everyMs);
  }

  /** As configured again. */
  askNothing(): void {
    this.asked = undefined;
  }

  intervalMs(nowMs: number): number {
    if (this.asked && nowMs < this.asked.untilMs) return this.asked.everyMs;
    return this.liveUntil(nowMs) === undefined ? this.publishMs : this.liveMs;
  }

  /** When live mode ends; undefined outside of it. */
  liveUntil(nowMs: number): number | undefined {
    return nowMs < this.liveEndsMs ? this.liveEndsMs : undefined;
  }

  /**
   * Whether to publish at `nowMs`, asked every second. `TOLERANCE_MS` early is in time: else a timer that is a little
   * early one second would halve the rate.
   */
  due(nowMs: number): boolean {
    const intervalMs = this.intervalMs(nowMs);
    // A clock that was set back would otherwise silence the agent until it caught up.
    if (this.nextMs - nowMs > intervalMs) this.nextMs = nowMs + intervalMs;
    if (nowMs < this.nextMs - TOLERANCE_MS) return false;
    this.nextMs = nowMs - this.nextMs > intervalMs ? nowMs + intervalMs : this.nextMs + intervalMs;
    return true;
  }
}

const TOLERANCE_MS = 200;

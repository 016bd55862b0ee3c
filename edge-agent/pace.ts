/** When the next message is due: every `publishMs`, every `liveMs` in live mode. */
export class Pace {
  private readonly publishMs: number;
  private readonly liveMs: number;
  private nextMs = 0;
  private liveEndsMs = 0;

  constructor({ publishMs, liveMs }: { publishMs: number; liveMs: number }) {
    this.publishMs = publishMs;
    this.liveMs = liveMs;
  }

  /** Live mode until `untilMs`; a shorter one does not end a longer one. */
  live(untilMs: number, nowMs: number): void {
    this.liveEndsMs = Math.max(this.liveEndsMs, untilMs);
    this.nextMs = Math.min(this.nextMs, nowMs + this.liveMs);
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
    const intervalMs = this.liveUntil(nowMs) === undefined ? this.publishMs : this.liveMs;
    // A clock that was set back would otherwise silence the agent until it caught up.
    if (this.nextMs - nowMs > intervalMs) this.nextMs = nowMs + intervalMs;
    if (nowMs < this.nextMs - TOLERANCE_MS) return false;
    this.nextMs = nowMs - this.nextMs > intervalMs ? nowMs + intervalMs : this.nextMs + intervalMs;
    return true;
  }
}

const TOLERANCE_MS = 200;

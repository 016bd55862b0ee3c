import type { PointGroup } from '../core/metrics/model.ts';
import type { Clock } from './boards/board.ts';

/** What arrives within this time is looked at together: many applications that push do not make many evaluations. */
const TOGETHER_MS = 50;

/** Points that applications pushed between two collections, handed on soon and in one piece. */
export class Arrivals {
  private readonly clock: Clock;
  private readonly look: (groups: readonly PointGroup[]) => void;
  private waiting: PointGroup[] = [];
  private cancel: (() => void) | undefined;
  private stopped = false;

  constructor(clock: Clock, look: (groups: readonly PointGroup[]) => void) {
    this.clock = clock;
    this.look = look;
  }

  add(groups: readonly PointGroup[]): void {
    if (this.stopped) return;
    this.waiting.push(...groups);
    this.cancel ??= this.clock.setTimer(TOGETHER_MS, () => {
      this.cancel = undefined;
      this.look(this.waiting.splice(0));
    });
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
  }
}

/** Counts the seconds of a session, and those whose signal could be relied on: what a service-level objective is about. */

import type { Counter, MetricSink } from '../../core/metrics/sink.ts';
import type { DeviceQuality } from '../../core/signal-quality/device-score.ts';
import type { DeviceLabels } from './labels.ts';

/** As LowDeviceDataQuality: below 70 % results of decoding are not to be relied on. */
const USABLE_SESSION_SCORE = 0.7;

export class UsableSeconds {
  readonly #judged: Counter;
  readonly #usable: Counter;

  constructor(labels: DeviceLabels, sessionId: string, sink: MetricSink) {
    const session = { ...labels, session_id: sessionId };
    this.#judged = sink.counter('neural_session_seconds_total', session);
    this.#usable = sink.counter('neural_session_usable_seconds_total', session);
    // A series that exists from the start can be seen to increase; one that appears with its first value cannot.
    this.#judged.add(0);
    this.#usable.add(0);
  }

  /**
   * Takes in a window of one second, of silence too. Both are counted by windows, not one by the clock: a board that is
   * half a percent slow would lose half a percent of usable time for nothing.
   */
  add({ score }: DeviceQuality): void {
    this.#judged.add(1);
    if (score >= USABLE_SESSION_SCORE) this.#usable.add(1);
  }
}

/** Writes the signal quality of each second to its series. */

import type { Gauge, MetricSink } from '../../core/metrics/sink.ts';
import { QUALITY_REASONS } from '../../core/signal-quality/channel-score.ts';
import type { DeviceQuality } from '../../core/signal-quality/device-score.ts';
import type { BoardInfo } from '../boards/board.ts';
import type { DeviceLabels } from './labels.ts';

/** The session's quality is the mean of this many seconds: a blink must not show, an electrode must soon. */
const SESSION_SECONDS = 10;

export class QualityMetrics {
  readonly #device: Gauge;
  readonly #session: Gauge;
  readonly #scores: readonly Gauge[];
  readonly #contacts: readonly Gauge[];
  readonly #faults: readonly Gauge[];
  readonly #recent: number[] = [];

  constructor(info: BoardInfo, labels: DeviceLabels, sessionId: string, sink: MetricSink) {
    this.#device = sink.gauge('neural_device_signal_quality_ratio', labels);
    this.#session = sink.gauge('neural_data_quality_score', { ...labels, session_id: sessionId });
    this.#scores = info.channelNames.map((channel) =>
      sink.gauge('neural_channel_quality_score', { ...labels, channel }),
    );
    this.#contacts = info.channelNames.map((channel) => sink.gauge('neural_channel_contact', { ...labels, channel }));
    this.#faults = QUALITY_REASONS.map((reason) => sink.gauge('neural_channel_faults', { ...labels, reason }));
  }

  set({ score, channels, faults }: DeviceQuality): void {
    this.#recent.push(score);
    if (this.#recent.length > SESSION_SECONDS) this.#recent.shift();
    this.#device.set(score);
    this.#session.set(this.#recent.reduce((a, b) => a + b, 0) / this.#recent.length);
    channels.forEach((channel, i) => {
      this.#scores[i]!.set(channel.score);
      this.#contacts[i]!.set(channel.contact ? 1 : 0);
    });
    QUALITY_REASONS.forEach((reason, i) => {
      this.#faults[i]!.set(faults[reason]);
    });
  }
}

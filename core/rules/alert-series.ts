import type { AlertState } from './alert-state.ts';
import type { RecordedSample } from './group.ts';

/** `ALERTS{alertstate="..."} 1` and `ALERTS_FOR_STATE` (when it became active, s), as Prometheus writes them. */
export function alertSeries(active: readonly AlertState[], nowMs: number): RecordedSample[] {
  return active.flatMap(({ labels, phase, activeAtMs }) => [
    { name: 'ALERTS', labels: { ...labels, alertstate: phase }, timeMs: nowMs, value: 1 },
    { name: 'ALERTS_FOR_STATE', labels, timeMs: nowMs, value: Math.floor(activeAtMs / 1000) },
  ]);
}

import type { MetricRegistry } from '../../core/metrics/registry.ts';
import type { Ledger } from '../buffer/disk-buffer.ts';

/** What the agent knows about its own pipeline. */
export interface AgentState {
  readonly ledger: Ledger;
  readonly buffered: { readonly messages: number; readonly bytes: number };
  readonly connected: boolean;
  /** Series that were refused because their metric has too many. */
  readonly refusedSeries: number;
  /** Points that the disk did not take. */
  readonly unbufferedPoints: number;
}

/** Records the agent's own state as `nsmon_agent_*`. */
export function agentCollector(registry: MetricRegistry): (state: AgentState) => void {
  const recorded = registry.counter('nsmon_agent_points_recorded_total');
  const acknowledged = registry.counter('nsmon_agent_points_acknowledged_total');
  const full = registry.counter('nsmon_agent_points_dropped_total', { reason: 'buffer-full' });
  const damaged = registry.counter('nsmon_agent_points_dropped_total', { reason: 'file-damaged' });
  const refused = registry.counter('nsmon_agent_points_dropped_total', { reason: 'too-many-series' });
  const unbuffered = registry.counter('nsmon_agent_points_dropped_total', { reason: 'not-buffered' });
  const bytes = registry.gauge('nsmon_agent_buffer_bytes');
  const messages = registry.gauge('nsmon_agent_buffer_messages');
  const connected = registry.gauge('nsmon_agent_uplink_connected');
  return (state) => {
    recorded.observeTotal(state.ledger.recorded);
    acknowledged.observeTotal(state.ledger.acknowledged);
    full.observeTotal(state.ledger.dropped);
    damaged.observeTotal(state.ledger.damaged);
    refused.observeTotal(state.refusedSeries);
    unbuffered.observeTotal(state.unbufferedPoints);
    bytes.set(state.buffered.bytes);
    messages.set(state.buffered.messages);
    connected.set(state.connected ? 1 : 0);
  };
}

import { MinuteAggregator } from '../../core/metrics/aggregator.ts';
import { catalogue, DEFAULT_BOUNDARIES } from '../../core/metrics/catalogue.ts';
import { ExponentialHistogramRecorder, quantile } from '../../core/metrics/exponential-histogram.ts';
import { type Labels, seriesKey } from '../../core/metrics/model.ts';
import type { StampedGroup, StampedPoint } from '../../lambdas/shared/stores/metric-store.ts';

/** A platform of two agents with boards and one scraped application, as ingest would see it: always the same numbers. */

const THINGS = [
  { thing: 'lab-1', device_id: 'cyton-a1b2', device_type: 'cyton', channels: 8, rate: 250 },
  { thing: 'lab-2', device_id: 'ganglion-77', device_type: 'ganglion', channels: 4, rate: 200 },
] as const;
const CHANNELS = ['Fp1', 'Fp2', 'C3', 'C4', 'P7', 'P8', 'O1', 'O2'] as const;
const ROUTES = [
  { method: 'GET', route: '/sessions', status: '200', perTick: 40, seconds: 0.03 },
  { method: 'POST', route: '/predictions', status: '200', perTick: 25, seconds: 0.12 },
  { method: 'GET', route: '/devices', status: '500', perTick: 2, seconds: 0.4 },
] as const;
const QUERIES = [
  { query: 'insert_epoch', perTick: 60, seconds: 0.006 },
  { query: 'select_session', perTick: 30, seconds: 0.024 },
  { query: 'aggregate_quality', perTick: 4, seconds: 0.31 },
  { query: 'vacuum_epochs', perTick: 1, seconds: 0.74 },
] as const;

export const TICK_MS = 10_000;

/** 0 to 1, the same for the same arguments, without a pattern to the eye. */
function noise(seed: string, tick: number): number {
  let hash = 2166136261;
  for (const char of `${seed}:${tick}`) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 4294967296;
}

/** Everything published from `fromMs` to `toMs`, group by group, tick by tick. */
export function* sampleGroups(fromMs: number, toMs: number): Generator<StampedGroup> {
  const counters = new Map<string, number>();
  const minutes = new Map<string, { aggregator: MinuteAggregator; name: string; labels: Labels }>();
  const recorders = new Map<string, ExponentialHistogramRecorder>();
  const startMs = fromMs - TICK_MS;

  for (let timeMs = fromMs; timeMs <= toMs; timeMs += TICK_MS) {
    const tick = Math.round((timeMs - fromMs) / TICK_MS);
    const wave = Math.sin(tick / 9);
    const agoMs = toMs - timeMs;
    const points: StampedPoint[] = [];
    let identity = '';
    /** Into the roll-up of its minute, which is published when the minute is over. */
    const roll = (name: string, labels: Labels, values: readonly number[]) => {
      const key = seriesKey(identity + name, labels);
      const { aggregator } = minutes.get(key) ?? { aggregator: new MinuteAggregator() };
      minutes.set(key, { aggregator, name, labels });
      for (const value of values) aggregator.observe(value, timeMs);
      for (const minute of aggregator.drain(timeMs)) points.push({ kind: 'rollup', name, labels, ...minute });
    };
    const gauge = (name: string, value: number, labels: Labels = {}) => {
      points.push({ kind: 'gauge', name, labels, timeMs, value });
      roll(name, labels, [value]);
    };
    const counter = (name: string, increase: number, labels: Labels = {}) => {
      const key = seriesKey(identity + name, labels);
      const value = (counters.get(key) ?? 0) + increase;
      counters.set(key, value);
      points.push({ kind: 'counter', name, labels, startMs, timeMs, value });
    };
    const histogram = (name: string, typical: number, observations: number, labels: Labels = {}) => {
      const key = seriesKey(identity + name, labels);
      const all = recorders.get(key) ?? new ExponentialHistogramRecorder();
      const interval = new ExponentialHistogramRecorder();
      recorders.set(key, all);
      const values: number[] = [];
      for (let i = 0; i < observations; i++) {
        const value =
          typical * (0.6 + 0.5 * noise(key, tick * 1000 + i) + (noise(name, i * 7 + tick) > 0.985 ? 1.1 : 0));
        all.record(value);
        interval.record(value);
        values.push(value);
      }
      roll(name, labels, values);
      const [p50, p95, p99] = [50, 95, 99].map((p) => quantile(interval.snapshot(), p / 100)) as [
        number,
        number,
        number,
      ];
      points.push({
        kind: 'histogram',
        name,
        labels,
        startMs,
        timeMs,
        histogram: all.snapshot(),
        interval: { p50, p95, p99 },
      });
    };
    const group = (resource: Labels): StampedGroup => ({ resource, points: points.splice(0) });

    for (const { thing, device_id, device_type, channels, rate } of THINGS) {
      const stamped = { thing, tenant: 'neurascale', site: 'zurich' };
      identity = thing;
      const detached = thing === 'lab-1' && agoMs < 150_000 && agoMs > 40_000;
      const quality = (detached ? 0.66 : 0.93) + 0.03 * wave + 0.02 * noise(thing, tick);

      histogram('neural_signal_processing_duration_seconds', 0.0016 + 0.0004 * wave, 20);
      histogram('neural_feature_extraction_duration_seconds', 0.0031, 20);
      histogram('neural_model_inference_duration_seconds', 0.0009, 20, { model_id: 'motor-imagery-v3' });
      gauge('neural_processing_throughput_samples_per_second', channels * rate * (0.99 + 0.02 * noise(thing, tick)));
      gauge('neural_processing_accuracy_ratio', 0.84 + 0.05 * wave, { model_id: 'motor-imagery-v3' });
      gauge('neural_data_quality_score', quality, { session_id: `session-${thing}` });
      gauge('neural_session_duration_seconds', (timeMs - startMs) / 1000, { session_id: `session-${thing}` });
      counter('neural_session_seconds_total', 10, { session_id: `session-${thing}` });
      counter('neural_session_usable_seconds_total', detached ? 0 : 10, { session_id: `session-${thing}` });
      gauge('neural_session_subject_info', 1, { session_id: `session-${thing}`, subject: `s-${thing}` });
      counter('neural_sessions_total', tick % 12 === 11 ? 1 : 0, {
        outcome: tick % 24 === 23 ? 'aborted' : 'completed',
      });
      for (const [i, channel] of CHANNELS.slice(0, channels).entries()) {
        const off = detached && channel === 'C3';
        gauge('neural_channel_quality_score', off ? 0.04 : 0.86 + 0.1 * noise(thing + channel, tick) - i * 0.012, {
          channel,
        });
        gauge('neural_channel_contact', off ? 0 : 1, { channel });
      }
      for (const reason of ['flat', 'line', 'emg']) {
        gauge(
          'neural_channel_faults',
          reason === 'flat' ? Number(detached) : Math.round(noise(thing + reason, tick) * 0.7),
          { reason },
        );
      }
      gauge('nsmon_fleet_outlier_score', 1.2 + wave, { channel: 'C3', cause: 'device', subject: '' });
      gauge('neural_device_connected', 1);
      gauge('neural_device_connection_stability_ratio', 0.985 + 0.014 * noise(`s${thing}`, tick));
      gauge('neural_device_data_rate_hertz', rate * (0.996 + 0.006 * noise(`r${thing}`, tick)));
      gauge('neural_device_signal_quality_ratio', quality);
      gauge('neural_device_error_rate_ratio', 0.002 * noise(`e${thing}`, tick));
      gauge('neural_device_battery_ratio', 0.81 - tick * 0.0004);
      histogram('neural_device_latency_seconds', 0.004 + 0.001 * wave, 30);
      counter('neural_device_samples_total', rate * 10);
      counter('neural_device_samples_lost_total', noise(`l${thing}`, tick) > 0.8 ? 3 : 0);
      counter('neural_device_errors_total', noise(`x${thing}`, tick) > 0.85 ? 1 : 0, { error_type: 'checksum' });
      counter('neural_device_connection_failures_total', tick === 20 ? 1 : 0);
      yield group({ ...stamped, job: 'neural', instance: thing, device_id, device_type });

      counter('nsmon_agent_points_recorded_total', 58);
      counter('nsmon_agent_points_acknowledged_total', tick % 6 === 5 ? 58 * 6 : 0);
      counter('nsmon_agent_points_dropped_total', 0, { reason: 'full' });
      gauge('nsmon_agent_buffer_bytes', 9000 + (tick % 6) * 5200);
      gauge('nsmon_agent_buffer_messages', 1 + (tick % 6));
      gauge('nsmon_agent_uplink_connected', 1);
      gauge('nsmon_agent_last_seen_timestamp_seconds', timeMs / 1000 - (tick % 3) * 10);
      gauge('process_resident_memory_bytes', (92 + 4 * wave) * 2 ** 20);
      counter('process_cpu_seconds_total', 0.21 + 0.1 * noise(`c${thing}`, tick));
      for (const stage of ['collect', 'encode', 'publish']) {
        histogram('neural_monitor_overhead_seconds', stage === 'collect' ? 0.00004 : 0.0002, 8, { stage });
      }
      yield group({ ...stamped, job: 'edge-agent', instance: thing });

      gauge('node_memory_MemTotal_bytes', 8 * 2 ** 30);
      gauge('node_memory_MemAvailable_bytes', (4.6 - 0.4 * wave) * 2 ** 30);
      counter('node_cpu_seconds_total', 26 + 2 * wave, { mode: 'idle' });
      counter('node_cpu_seconds_total', 11 - 2 * wave, { mode: 'user' });
      counter('node_cpu_seconds_total', 3, { mode: 'system' });
      gauge('node_load1', 1.3 + 0.5 * wave);
      gauge('node_filesystem_size_bytes', 64 * 2 ** 30, { mountpoint: '/' });
      gauge('node_filesystem_avail_bytes', 41 * 2 ** 30 - tick * 2e6, { mountpoint: '/' });
      counter('node_network_receive_bytes_total', 21_000 * (1 + noise('rx', tick)), { device: 'eth0' });
      counter('node_network_transmit_bytes_total', 64_000 * (1 + noise('tx', tick)), { device: 'eth0' });
      yield group({ ...stamped, job: 'node', instance: thing });
    }

    const scraped = {
      thing: 'lab-1',
      tenant: 'neurascale',
      site: 'zurich',
      job: 'neural-api',
      instance: '127.0.0.1:8080',
    };
    identity = 'api';
    const classic = (name: string, labels: Labels, perTick: number, seconds: number) => {
      const typical = seconds * (1 + 0.25 * wave);
      for (const le of [...DEFAULT_BOUNDARIES, Number.POSITIVE_INFINITY]) {
        // An exponential distribution around the typical duration.
        const share = le === Number.POSITIVE_INFINITY ? 1 : 1 - Math.exp(-le / typical);
        counter(`${name}_bucket`, perTick * share, {
          ...labels,
          le: le === Number.POSITIVE_INFINITY ? '+Inf' : String(le),
        });
      }
      counter(`${name}_sum`, perTick * typical, labels);
      counter(`${name}_count`, perTick, labels);
    };
    for (const { perTick, seconds, ...labels } of ROUTES)
      classic('http_request_duration_seconds', labels, perTick, seconds);
    for (const { perTick, seconds, query } of QUERIES)
      classic('neural_db_query_duration_seconds', { query }, perTick, seconds);
    gauge('neural_db_connections_active', 12 + 4 * wave);
    gauge('neural_db_connections_max', 20);
    gauge('process_resident_memory_bytes', (210 + 12 * wave) * 2 ** 20);
    counter('process_cpu_seconds_total', 1.4 + 0.4 * wave);
    for (const [cache, hits] of [
      ['sessions', 46],
      ['models', 31],
    ] as const) {
      counter('cache_hits_total', hits + 6 * wave, { cache });
      counter('cache_misses_total', 9 - 4 * wave, { cache });
    }
    yield group(scraped);

    const alert = (alertname: string, alertstate: string, severity: string, labels: Labels = {}) =>
      gauge('ALERTS', 1, { alertname, alertstate, severity, ...labels });
    if (agoMs < 150_000) {
      alert('ElectrodeDetached', agoMs > 120_000 ? 'pending' : 'firing', 'warning', {
        device_id: 'cyton-a1b2',
        channel: 'C3',
      });
    }
    if (agoMs < 130_000) alert('LowDataQuality', 'pending', 'warning');
    if (points.length > 0)
      yield group({ thing: 'lab-1', tenant: 'neurascale', site: 'zurich', job: 'edge-agent', instance: 'lab-1' });
  }
}

/** Metrics of the catalogue that the sample does not have: none, so that no panel can be empty for that reason. */
export function missingFromSample(): string[] {
  const [fromMs, toMs] = [1_000_000_000, 1_000_000_000 + 30 * TICK_MS];
  const names = new Set([...sampleGroups(fromMs, toMs)].flatMap(({ points }) => points.map(({ name }) => name)));
  return Object.keys(catalogue).filter((name) => !names.has(name) && !names.has(`${name}_bucket`));
}

/**
 * Every metric this system emits by itself: what it means, its unit, its labels. Dashboards and rules are checked
 * against it, and `docs/metrics.md` is generated from it. Applications may send more; those are stored all the same.
 */

export type MetricKind = 'counter' | 'gauge' | 'histogram';

export interface MetricDescriptor {
  readonly name: string;
  readonly kind: MetricKind;
  /** UCUM unit, as OpenTelemetry writes it: `s`, `By`, `Hz`, `1`, `{sample}`. */
  readonly unit: string;
  readonly help: string;
  /** Labels beside the ones every series has (`job`, `instance`, `thing`, `tenant`, `site`). */
  readonly labels: readonly string[];
  /** Histograms: the boundaries of the classic `_bucket` view that rules written for Prometheus select. */
  readonly boundaries?: readonly number[];
}

/** Prometheus' default boundaries, seconds: an application's request times. */
export const DEFAULT_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
/** From 50 us to 2.5 s: processing of one block of samples must stay under the block's own length. */
const PROCESSING = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
] as const;

const DEVICE = ['device_id', 'device_type'] as const;

function counter(name: string, unit: string, help: string, labels: readonly string[] = []): MetricDescriptor {
  return { name, kind: 'counter', unit, help, labels };
}
function gauge(name: string, unit: string, help: string, labels: readonly string[] = []): MetricDescriptor {
  return { name, kind: 'gauge', unit, help, labels };
}
function histogram(
  name: string,
  help: string,
  labels: readonly string[] = [],
  boundaries: readonly number[] = PROCESSING,
): MetricDescriptor {
  return { name, kind: 'histogram', unit: 's', help, labels, boundaries };
}

const neural = [
  histogram('neural_signal_processing_duration_seconds', 'Time to filter one block of samples.', [...DEVICE]),
  histogram('neural_feature_extraction_duration_seconds', 'Time to compute the features of one block.', [...DEVICE]),
  histogram('neural_model_inference_duration_seconds', 'Time of one inference of a model.', [...DEVICE, 'model_id']),
  gauge('neural_processing_throughput_samples_per_second', '{sample}/s', 'Channel-samples processed per second.', [
    ...DEVICE,
  ]),
  gauge('neural_processing_accuracy_ratio', '1', 'Share of predictions that matched the known state, 0 to 1.', [
    ...DEVICE,
    'model_id',
  ]),
  gauge('neural_data_quality_score', '1', 'Signal quality of the session, 0 (unusable) to 1 (clean).', [
    ...DEVICE,
    'session_id',
  ]),
  gauge('neural_channel_quality_score', '1', 'Signal quality of one channel, 0 (unusable) to 1 (clean).', [
    ...DEVICE,
    'channel',
  ]),
  gauge('neural_channel_contact', '1', 'Whether the electrode has contact: 1 yes, 0 no.', [...DEVICE, 'channel']),
  gauge('neural_channel_faults', '{channel}', 'Channels whose quality suffers, by what hurts most.', [
    ...DEVICE,
    'reason',
  ]),
  gauge('neural_session_duration_seconds', 's', 'Length of the running session.', [...DEVICE, 'session_id']),
  counter('neural_session_seconds_total', 's', 'Seconds of sessions that were judged, silent ones included.', [
    ...DEVICE,
    'session_id',
  ]),
  counter('neural_session_usable_seconds_total', 's', 'Seconds of sessions with a signal quality of 0.7 or better.', [
    ...DEVICE,
    'session_id',
  ]),
  gauge('neural_session_subject_info', '1', 'Who wears the device, as a handle: always 1, where the lab tells.', [
    ...DEVICE,
    'session_id',
    'subject',
  ]),
  counter('neural_sessions_total', '{session}', 'Sessions ended, by outcome.', [...DEVICE, 'outcome']),
];

const device = [
  gauge('neural_device_connected', '1', 'Whether the device delivers data: 1 yes, 0 no.', [...DEVICE]),
  counter('neural_device_connection_failures_total', '{failure}', 'Connections lost or refused.', [...DEVICE]),
  gauge('neural_device_connection_stability_ratio', '1', 'Stability of the connection over the last 60 s, 0 to 1.', [
    ...DEVICE,
  ]),
  gauge('neural_device_data_rate_hertz', 'Hz', 'Samples per second and channel, over the last 10 s.', [...DEVICE]),
  gauge('neural_device_signal_quality_ratio', '1', 'Signal quality over all channels of the device, 0 to 1.', [
    ...DEVICE,
  ]),
  gauge('neural_device_error_rate_ratio', '1', 'Lost samples and bad frames, as a share of the expected samples.', [
    ...DEVICE,
  ]),
  counter('neural_device_errors_total', '{error}', 'Faults of the device, by kind.', [...DEVICE, 'error_type']),
  histogram(
    'neural_device_latency_seconds',
    'Delay of a chunk beyond the fastest one seen (without a device clock only the excess can be known).',
    [...DEVICE],
  ),
  counter('neural_device_samples_total', '{sample}', 'Samples received, per channel.', [...DEVICE]),
  counter('neural_device_samples_lost_total', '{sample}', 'Samples that never arrived, per channel.', [...DEVICE]),
  gauge('neural_device_battery_ratio', '1', 'Charge of the battery, 0 to 1, where the device tells.', [...DEVICE]),
];

const host = [
  gauge('process_resident_memory_bytes', 'By', 'Resident memory of the process.'),
  counter('process_cpu_seconds_total', 's', 'CPU time of the process, user and system.'),
  gauge('node_memory_MemTotal_bytes', 'By', 'Memory of the host.'),
  gauge('node_memory_MemAvailable_bytes', 'By', 'Memory of the host that a new process could have.'),
  counter('node_cpu_seconds_total', 's', 'CPU time of the host, by mode, over all cores.', ['mode']),
  gauge('node_load1', '1', 'Load average of the host over one minute.'),
  gauge('node_filesystem_size_bytes', 'By', 'Size of a file system.', ['mountpoint']),
  gauge('node_filesystem_avail_bytes', 'By', 'Free space of a file system.', ['mountpoint']),
  counter('node_network_receive_bytes_total', 'By', 'Bytes received.', ['device']),
  counter('node_network_transmit_bytes_total', 'By', 'Bytes sent.', ['device']),
];

const application = [
  histogram(
    'http_request_duration_seconds',
    'Time to answer an HTTP request.',
    ['method', 'route', 'status'],
    [...DEFAULT_BOUNDARIES],
  ),
  histogram('neural_db_query_duration_seconds', 'Time of a database query.', ['query'], [...DEFAULT_BOUNDARIES]),
  gauge('neural_db_connections_active', '{connection}', 'Connections of the pool that are in use.'),
  gauge('neural_db_connections_max', '{connection}', 'Connections that the pool may open.'),
  counter('cache_hits_total', '{hit}', 'Look-ups that the cache answered.', ['cache']),
  counter('cache_misses_total', '{miss}', 'Look-ups that the cache could not answer.', ['cache']),
];

const monitor = [
  histogram('neural_monitor_overhead_seconds', 'Time the monitoring itself takes, by stage.', ['stage']),
  counter('nsmon_agent_points_recorded_total', '{point}', 'Points put into the buffer.'),
  counter('nsmon_agent_points_acknowledged_total', '{point}', 'Points that the store acknowledged.'),
  counter('nsmon_agent_points_dropped_total', '{point}', 'Points lost because the buffer was full.', ['reason']),
  gauge('nsmon_agent_buffer_bytes', 'By', 'Size of the disk buffer.'),
  gauge('nsmon_agent_buffer_messages', '{message}', 'Messages that await the acknowledgement of the store.'),
  gauge('nsmon_agent_uplink_connected', '1', 'Whether the uplink is connected: 1 yes, 0 no.'),
  gauge('nsmon_agent_last_seen_timestamp_seconds', 's', 'When the agent last reported its alerts (made in the cloud).'),
  gauge(
    'nsmon_fleet_outlier_score',
    '1',
    'How many robust deviations worse than its peers a device, or a subject, is on a channel (made in the cloud, hourly).',
    ['tenant', 'device_id', 'device_type', 'channel', 'cause', 'subject'],
  ),
  gauge('ALERTS', '1', 'Alerts that are pending or firing, as Prometheus writes them.', [
    'alertname',
    'alertstate',
    'severity',
  ]),
];

/** All descriptors by metric name. */
export const catalogue: Readonly<Record<string, MetricDescriptor>> = Object.fromEntries(
  [...neural, ...device, ...host, ...application, ...monitor].map((descriptor) => [descriptor.name, descriptor]),
);

/** Classic boundaries of a histogram, for the `_bucket` view; undefined for other kinds and unknown names. */
export function classicBoundaries(name: string): readonly number[] | undefined {
  return catalogue[name]?.boundaries;
}

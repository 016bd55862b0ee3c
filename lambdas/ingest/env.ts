import { readSettings } from '../shared/settings.ts';

/** The environment of `ingest`: what lib/ sets and the handler reads. */
export interface IngestEnv {
  readonly METRIC_STORE: 'timestream' | 'prometheus';
  /** Set when METRIC_STORE is `timestream`, else empty. */
  readonly TIMESTREAM_DATABASE: string;
  readonly TIMESTREAM_TABLE: string;
  readonly TIMESTREAM_ROLLUP_TABLE: string;
  /** Set when METRIC_STORE is `prometheus`, else empty: the workspace's endpoint, with its trailing slash. */
  readonly PROMETHEUS_ENDPOINT: string;
  readonly ARCHIVE_BUCKET: string;
  readonly RULE_WINDOW_TABLE: string;
  /** File beside the bundled handler, relative to it: what cloud rules select. */
  readonly CLOUD_SERIES_FILE: string;
  /** Acknowledgements go to `<prefix>/<thing>/ack`. */
  readonly ACK_TOPIC_PREFIX: string;
  /** How long acknowledgements of one thing may be gathered, seconds. */
  readonly ACK_INTERVAL_SECONDS: string;
  /** CloudWatch namespace of the fleet's key figures. */
  readonly KPI_NAMESPACE: string;
  readonly ENVIRONMENT: string;
}

/** @throws Error naming every variable that is missing or wrong */
export function readEnv(env: NodeJS.ProcessEnv): IngestEnv {
  return readSettings(env, (text, problems, seconds) => {
    const METRIC_STORE = text('METRIC_STORE');
    if (METRIC_STORE !== 'timestream' && METRIC_STORE !== 'prometheus') {
      problems.add(`METRIC_STORE is ${JSON.stringify(METRIC_STORE)}, must be "timestream" or "prometheus"`);
    }
    const isTimestream = METRIC_STORE === 'timestream';
    const when = (needed: boolean, name: string): string => (needed ? text(name) : '');
    return {
      METRIC_STORE: isTimestream ? 'timestream' : 'prometheus',
      TIMESTREAM_DATABASE: when(isTimestream, 'TIMESTREAM_DATABASE'),
      TIMESTREAM_TABLE: when(isTimestream, 'TIMESTREAM_TABLE'),
      TIMESTREAM_ROLLUP_TABLE: when(isTimestream, 'TIMESTREAM_ROLLUP_TABLE'),
      PROMETHEUS_ENDPOINT: when(!isTimestream, 'PROMETHEUS_ENDPOINT'),
      ARCHIVE_BUCKET: text('ARCHIVE_BUCKET'),
      RULE_WINDOW_TABLE: text('RULE_WINDOW_TABLE'),
      CLOUD_SERIES_FILE: text('CLOUD_SERIES_FILE'),
      ACK_TOPIC_PREFIX: text('ACK_TOPIC_PREFIX'),
      ACK_INTERVAL_SECONDS: seconds('ACK_INTERVAL_SECONDS'),
      KPI_NAMESPACE: text('KPI_NAMESPACE'),
      ENVIRONMENT: text('ENVIRONMENT'),
    };
  });
}

/** Which metric store a dashboard asks, and where Grafana finds it. */
export type Store = 'timestream' | 'prometheus';

/**
 * Plugin ids of Grafana's data sources. Signed requests to Amazon Managed Service for Prometheus need its own plugin:
 * the plain Prometheus one no longer signs from Grafana 12 on.
 */
export const DATASOURCE_TYPE: Readonly<Record<Store, string>> = {
  timestream: 'grafana-timestream-datasource',
  prometheus: 'grafana-amazonprometheus-datasource',
};

export interface Source {
  readonly store: Store;
  /** Timestream database; not used with Prometheus. */
  readonly databaseName: string;
  /** Uid of the data source in Grafana. */
  readonly datasourceUid: string;
}

/** How a panel refers to its data source. */
export function datasourceRef({ store, datasourceUid }: Source): { type: string; uid: string } {
  return { type: DATASOURCE_TYPE[store], uid: datasourceUid };
}

import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-timestream';
import { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import { namesOf } from '../names.ts';
import { acknowledge } from './acknowledged.ts';
import type { MetricStore, StoreVariables } from './metric-store.ts';
import { allow, type Permission } from './permissions.ts';
import { keep } from './removal.ts';

const CLOSED =
  'Closed to accounts that did not use it before 2025-06-20: those choose -c metricStore=prometheus, and the doctor tells them.';

/** Timestream for LiveAnalytics: one table of raw points, one of the one-minute roll-ups, one row a point. */
export class TimestreamStore extends Construct implements MetricStore {
  readonly kind = 'timestream';
  readonly variables: StoreVariables;
  readonly #tableArns: readonly string[];

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id);
    const names = namesOf(environment.name);
    const database = keep(new CfnDatabase(this, 'Database', { databaseName: names.database }), environment);
    const table = (tableId: string, tableName: string, memoryHours: number, magneticDays: number): CfnTable => {
      const made = new CfnTable(this, tableId, {
        databaseName: database.ref,
        tableName,
        retentionProperties: {
          MemoryStoreRetentionPeriodInHours: String(memoryHours),
          MagneticStoreRetentionPeriodInDays: String(magneticDays),
        },
        // Late points could also go to the magnetic store, but it rejects them only later and elsewhere: then nobody
        // could say of each point whether it is stored.
        magneticStoreWriteProperties: { EnableMagneticStoreWrites: false },
      });
      acknowledge(made, 'CloudFormation-Validate::W3697', CLOSED);
      return keep(made, environment);
    };
    acknowledge(database, 'CloudFormation-Validate::W3697', CLOSED);
    acknowledge(
      database,
      'AwsSolutions-TS3',
      'Encrypted under the key that AWS manages: a key of our own costs per request and protects measurements, never raw signals.',
    );
    const { rawMemoryHours, rawRetentionDays, rollupMemoryHours, rollupRetentionDays } = environment;
    const raw = table('Metrics', names.metricsTable, rawMemoryHours, rawRetentionDays);
    const rollup = table('Rollups', names.rollupTable, rollupMemoryHours, rollupRetentionDays);
    this.#tableArns = [raw.attrArn, rollup.attrArn];
    this.variables = {
      METRIC_STORE: this.kind,
      TIMESTREAM_DATABASE: names.database,
      TIMESTREAM_TABLE: names.metricsTable,
      TIMESTREAM_ROLLUP_TABLE: names.rollupTable,
      PROMETHEUS_ENDPOINT: '',
    };
  }

  writePermissions(): readonly Permission[] {
    return [
      allow(['timestream:WriteRecords'], this.#tableArns),
      allow(['timestream:DescribeEndpoints'], ['*'], 'endpoint discovery knows no resources'),
    ];
  }

  readPermissions(): readonly Permission[] {
    return [
      allow(['timestream:Select', 'timestream:DescribeTable', 'timestream:ListMeasures'], this.#tableArns),
      allow(
        [
          'timestream:DescribeEndpoints',
          'timestream:SelectValues',
          'timestream:CancelQuery',
          'timestream:ListDatabases',
        ],
        ['*'],
        'what the data source of Grafana calls to discover, to test itself and to cancel; none has a resource',
      ),
    ];
  }
}

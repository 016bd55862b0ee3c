import { type JsonOperations, jsonService } from './json-service.ts';
import { asNumber, asRecord, assertKnown, asText, nameOf } from './properties.ts';
import { type Access, AwsError, type AwsService, arn, type Place, type Provisioners } from './service.ts';
import { Pages } from './timestream/pages.ts';
import { type QueryResult, runQuery } from './timestream/query.ts';
import { parseRecords } from './timestream/records.ts';
import { tablesOf } from './timestream/sql.ts';
import { type Table, TimestreamStore } from './timestream/store.ts';

export interface Timestream {
  readonly service: AwsService;
  readonly provisioners: Provisioners;
  /** A query without the detour over HTTP and pages: for the twin's dashboards and its report. */
  query(sql: string): Promise<QueryResult>;
}

const TABLE_PROPERTIES = ['DatabaseName', 'TableName', 'RetentionProperties', 'MagneticStoreWriteProperties'];

/** Timestream for LiveAnalytics, write and query: `Timestream_20181101.<Operation>` in JSON 1.0. */
export async function createTimestream(place: Place, now: () => number = Date.now): Promise<Timestream> {
  const store = await TimestreamStore.open(now);
  const pages = new Pages();
  const databaseArn = (database: string) => arn(place, 'timestream', `database/${database}`);
  const tableArn = (database: string, table: string) => `${databaseArn(database)}/table/${table}`;

  function find(request: Readonly<Record<string, unknown>>): Table {
    const [database, name] = [asText(request.DatabaseName), asText(request.TableName)];
    if (!store.databases.has(database)) {
      throw new AwsError('ResourceNotFoundException', `The database ${database} does not exist.`, 404);
    }
    const table = store.table(database, name);
    if (!table) throw new AwsError('ResourceNotFoundException', `The table ${name} does not exist.`, 404);
    return table;
  }

  const operations: JsonOperations = {
    // Clients take the address as a host name and keep scheme and port of the endpoint they were given.
    DescribeEndpoints: async () => ({ Endpoints: [{ Address: '127.0.0.1', CachePeriodInMinutes: 1440 }] }),

    async WriteRecords(request) {
      const table = find(request);
      const parsed = parseRecords(request);
      const rows = parsed.flatMap((one, index) => ('row' in one ? [{ index, row: one.row }] : []));
      const malformed = parsed.flatMap((one, index) => ('reason' in one ? [{ index, reason: one.reason }] : []));
      const rejected = [...malformed, ...(await store.write(table, rows))].sort((a, b) => a.index - b.index);
      if (rejected.length > 0) {
        throw new AwsError(
          'RejectedRecordsException',
          'One or more records have been rejected. See RejectedRecords for details.',
          419,
          {
            RejectedRecords: rejected.map(({ index, reason, ...more }) => ({
              RecordIndex: index,
              Reason: reason,
              ...('existingVersion' in more ? { ExistingVersion: more.existingVersion } : {}),
            })),
          },
        );
      }
      return { RecordsIngested: { Total: rows.length, MemoryStore: rows.length, MagneticStore: 0 } };
    },

    async Query(request) {
      const token = asText(request.NextToken);
      const maxRows = asNumber(request.MaxRows, 1000);
      if (token !== '') return pages.next(token, maxRows);
      return pages.first(await runQuery(store, asText(request.QueryString), now()), maxRows);
    },

    async CancelQuery(request) {
      pages.cancel(asText(request.QueryId));
      return { CancellationMessage: 'The query was cancelled.' };
    },

    async DescribeDatabase(request) {
      const name = asText(request.DatabaseName);
      const tables = store.databases.get(name);
      if (!tables) throw new AwsError('ResourceNotFoundException', `The database ${name} does not exist.`, 404);
      return { Database: { DatabaseName: name, Arn: databaseArn(name), TableCount: tables.size } };
    },

    async DescribeTable(request) {
      return { Table: describe(find(request)) };
    },

    ListDatabases: async () => ({
      Databases: [...store.databases].map(([DatabaseName, tables]) => ({
        DatabaseName,
        Arn: databaseArn(DatabaseName),
        TableCount: tables.size,
      })),
    }),

    ListTables: async (request) => ({
      Tables: [...(store.databases.get(asText(request.DatabaseName))?.values() ?? [])].map(describe),
    }),
  };

  function describe({ database, name, retention }: Table): unknown {
    return {
      DatabaseName: database,
      TableName: name,
      Arn: tableArn(database, name),
      TableStatus: 'ACTIVE',
      RetentionProperties: {
        MemoryStoreRetentionPeriodInHours: retention.memoryHours,
        MagneticStoreRetentionPeriodInDays: retention.magneticDays,
      },
      MagneticStoreWriteProperties: { EnableMagneticStoreWrites: retention.magneticWrites },
    };
  }

  function access(operation: string, request: Readonly<Record<string, unknown>>): Access[] {
    const action = `timestream:${operation}`;
    const [database, table] = [asText(request.DatabaseName), asText(request.TableName)];
    if (operation === 'Query') {
      const tables = tablesOf(asText(request.QueryString));
      // IAM knows no "Query": reading a table is Select, a statement without one SelectValues.
      if (tables.length === 0) return [{ action: 'timestream:SelectValues', resource: '*' }];
      return tables.map(([d, t]) => ({ action: 'timestream:Select', resource: tableArn(d, t) }));
    }
    if (table) return [{ action, resource: tableArn(database, table) }];
    return [{ action, resource: database ? databaseArn(database) : '*' }];
  }

  const service = jsonService({
    signingName: 'timestream',
    title: 'Timestream',
    operations,
    access,
    close: async () => store.close(),
  });

  const provisioners: Provisioners = {
    async 'AWS::Timestream::Database'(id, properties) {
      assertKnown(id, 'AWS::Timestream::Database', properties, ['DatabaseName'], ['KmsKeyId']);
      const name = nameOf(id, properties.DatabaseName);
      await store.createDatabase(name);
      return { ref: name, attributes: { Arn: databaseArn(name) } };
    },

    async 'AWS::Timestream::Table'(id, properties) {
      assertKnown(id, 'AWS::Timestream::Table', properties, TABLE_PROPERTIES, ['Schema']);
      const database = asText(properties.DatabaseName);
      const name = nameOf(id, properties.TableName);
      const retention = asRecord(properties.RetentionProperties);
      const magneticWrites = asRecord(properties.MagneticStoreWriteProperties).EnableMagneticStoreWrites;
      await store.createTable(database, name, {
        memoryHours: asNumber(retention.MemoryStoreRetentionPeriodInHours, 6),
        magneticDays: asNumber(retention.MagneticStoreRetentionPeriodInDays, 73_000),
        magneticWrites: magneticWrites === true || magneticWrites === 'true',
      });
      return { ref: `${database}|${name}`, attributes: { Arn: tableArn(database, name), Name: name } };
    },
  };

  return { service, provisioners, query: (sql) => runQuery(store, sql, now()) };
}

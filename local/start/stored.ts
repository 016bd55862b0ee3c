import { gunzipSync } from 'node:zlib';
import type { MetricStoreAccess, Twin } from '../twin.ts';

/** What the store says it holds, asked of the store: one row, or one sample, is one point. */
export async function countStored(store: MetricStoreAccess, thing: string): Promise<number> {
  if (store.kind === 'timestream') {
    let total = 0;
    for (const table of ['metrics', 'metrics_1m']) {
      total += await countRows(store, `SELECT count(*) FROM "${store.database}"."${table}" WHERE thing = '${thing}'`);
    }
    return total;
  }
  return store.countSamples({ thing });
}

/** Before the first point is written there is no column `thing` to ask for. */
async function countRows(store: Extract<MetricStoreAccess, { kind: 'timestream' }>, sql: string): Promise<number> {
  try {
    const { rows } = await store.query(sql);
    return Number(rows[0]?.[0] ?? 0);
  } catch (error) {
    if (/column/i.test(String(error))) return 0;
    throw error;
  }
}

/** Points that lie in the archive bucket instead: too old for the store, or refused; counted by the objects' lines. */
export async function countArchived(
  { services, deployment }: Pick<Twin, 'services' | 'deployment'>,
  thing: string,
): Promise<{ archived: number; rejected: number }> {
  const bucket = deployment.resources.find(({ type }) => type === 'AWS::S3::Bucket')?.ref ?? '';
  const count = async (prefix: string): Promise<number> => {
    const keys = services.s3.keys(bucket, `${prefix}/${thing}/`);
    const objects = await Promise.all(keys.map((key) => services.s3.read(bucket, key)));
    return objects.reduce((sum, bytes) => sum + gunzipSync(bytes).toString('utf8').split('\n').length, 0);
  };
  return { archived: await count('archive'), rejected: await count('parked/rejected') };
}

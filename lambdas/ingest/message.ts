import { gunzipSync } from 'node:zlib';
import type { MetricBatch } from '../../core/metrics/model.ts';
import { decodeBatch } from '../../core/metrics/otlp.ts';

/** What an agent may unpack to. The largest message IoT Core takes is 128 KB; metrics compress about tenfold. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The message can never be read: it is parked, not tried again. */
export class PoisonMessage extends Error {
  override readonly name = 'PoisonMessage';
}

/**
 * The batch in one Kinesis record: gzip of OTLP protobuf.
 * @throws PoisonMessage with the reason
 */
export function readMessage(payload: Uint8Array): MetricBatch {
  try {
    return decodeBatch(gunzipSync(payload, { maxOutputLength: MOST_BYTES }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PoisonMessage(`a metrics message of ${payload.length} bytes cannot be read: ${reason}`, { cause: error });
  }
}

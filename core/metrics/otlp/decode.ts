import type { MetricBatch, Point, PointGroup } from '../model.ts';
import { labelName, toResourceLabels } from './attributes.ts';
import { addPoints, type DataPoint, type Form, readDataPoint } from './data-point.ts';
import { readKeyValue } from './key-value.ts';
import { OtlpReader } from './reader.ts';
import { CUMULATIVE, ENVELOPE, ROLLUP_SCOPE } from './schema.ts';

/** The bytes are not what OTLP or our envelope says they should be. Trying again cannot help. */
export class OtlpDecodeError extends Error {
  override readonly name = 'OtlpDecodeError';
}

export interface DecodedRequest {
  readonly groups: readonly PointGroup[];
  /** Attributes of resources that hold no metrics: where our own messages carry their envelope. */
  readonly envelope: Readonly<Record<string, string>>;
  /** Metrics in forms that this system does not store (summaries, delta sums), by name. */
  readonly unsupported: readonly string[];
}

/**
 * Reads any OTLP `ExportMetricsServiceRequest`. A histogram with explicit boundaries becomes the counters
 * `_bucket{le}`, `_sum` and `_count`, as in Prometheus.
 * @throws OtlpDecodeError when the bytes are no such message
 */
export function decodeRequest(bytes: Uint8Array): DecodedRequest {
  const groups: PointGroup[] = [];
  const unsupported: string[] = [];
  const envelope: Record<string, string> = {};
  try {
    const reader = new OtlpReader(bytes);
    forEachField(reader, reader.len, (field) => {
      if (field !== 1) return false;
      const { attributes, points } = readResourceMetrics(reader, unsupported);
      if (points.length > 0) groups.push({ resource: toResourceLabels(attributes), points });
      else Object.assign(envelope, attributes);
      return true;
    });
  } catch (error) {
    if (error instanceof OtlpDecodeError) throw error;
    throw new OtlpDecodeError(`not an OTLP metrics message: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { groups, envelope, unsupported };
}

/**
 * Reads a message of one of our agents.
 * @throws OtlpDecodeError when the bytes are no OTLP message, or lack a valid envelope
 */
export function decodeBatch(bytes: Uint8Array): MetricBatch {
  const { groups, envelope, unsupported } = decodeRequest(bytes);
  const boot = envelope[ENVELOPE.boot];
  const seq = Number(envelope[ENVELOPE.seq]);
  const sentAtMs = Number(envelope[ENVELOPE.sentAtMs]);
  const problems = [
    ...(boot ? [] : [`${ENVELOPE.boot} is missing`]),
    ...(Number.isSafeInteger(seq) && seq > 0
      ? []
      : [`${ENVELOPE.seq} is ${JSON.stringify(envelope[ENVELOPE.seq])}, must be a whole number from 1`]),
    ...(Number.isSafeInteger(sentAtMs) && sentAtMs > 0
      ? []
      : [`${ENVELOPE.sentAtMs} is ${JSON.stringify(envelope[ENVELOPE.sentAtMs])}, must be milliseconds since 1970`]),
    ...unsupported.map((name) => `metric ${name} is a summary or a delta sum, which an agent never sends`),
  ];
  if (!boot || problems.length > 0) throw new OtlpDecodeError(problems.join('; '));
  return { boot, seq, sentAtMs, ackRequested: envelope[ENVELOPE.ackRequested] === 'true', groups };
}

/** Walks the fields of a message; `visit` returns false for a field that it leaves unread. */
function forEachField(reader: OtlpReader, length: number, visit: (field: number) => boolean): void {
  const end = reader.pos + length;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (!visit(tag >>> 3)) reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new OtlpDecodeError('not an OTLP metrics message: a field runs past its end');
}

function forEachFieldOfMessage(reader: OtlpReader, visit: (field: number) => boolean): void {
  forEachField(reader, reader.uint32(), visit);
}

function readResourceMetrics(
  reader: OtlpReader,
  unsupported: string[],
): { attributes: Record<string, string>; points: Point[] } {
  const attributes: Record<string, string> = {};
  const points: Point[] = [];
  forEachFieldOfMessage(reader, (field) => {
    if (field === 1) {
      forEachFieldOfMessage(reader, (inner) => {
        if (inner !== 1) return false;
        readKeyValue(reader, attributes);
        return true;
      });
      return true;
    }
    if (field === 2) {
      readScopeMetrics(reader, points, unsupported);
      return true;
    }
    return false;
  });
  return { attributes, points };
}

function readScopeMetrics(reader: OtlpReader, points: Point[], unsupported: string[]): void {
  let scope = '';
  forEachFieldOfMessage(reader, (field) => {
    if (field === 1) {
      forEachFieldOfMessage(reader, (inner) => {
        if (inner !== 1) return false;
        scope = reader.string();
        return true;
      });
      return true;
    }
    if (field === 2) {
      readMetric(reader, scope === ROLLUP_SCOPE, points, unsupported);
      return true;
    }
    return false;
  });
}

/** Field numbers of `Metric.data` and the kinds they hold. */
const DATA_KINDS: Readonly<Record<number, Form>> = {
  5: 'gauge',
  7: 'sum',
  9: 'classic',
  10: 'exponential',
};
const SUMMARY_FIELD = 11;

function readMetric(reader: OtlpReader, isRollup: boolean, points: Point[], unsupported: string[]): void {
  let name = '';
  let form: Form | undefined;
  let temporality = 0;
  let monotonic = false;
  const data: DataPoint[] = [];
  forEachFieldOfMessage(reader, (field) => {
    if (field === 1) {
      name = reader.string();
      return true;
    }
    if (field === SUMMARY_FIELD) unsupported.push(name);
    const kind = DATA_KINDS[field];
    if (kind === undefined) return false;
    form = kind;
    forEachFieldOfMessage(reader, (inner) => {
      if (inner === 1) data.push(readDataPoint(reader, kind));
      else if (inner === 2 && kind !== 'gauge') temporality = reader.uint32();
      else if (inner === 3 && kind === 'sum') monotonic = reader.bool();
      else return false;
      return true;
    });
    return true;
  });
  if (form === undefined) return;
  if (form !== 'gauge' && !isRollup && temporality !== CUMULATIVE) {
    unsupported.push(name);
    return;
  }
  const metric = { name: labelName(name), form, isRollup, monotonic };
  for (const point of data) addPoints(points, point, metric);
}

import { gunzipSync, gzipSync } from 'node:zlib';
import type { AlertReport } from '../../core/alerting/report.ts';
import type { HealResult } from '../../core/healing/command.ts';
import type { MetricBatch, PointGroup } from '../../core/metrics/model.ts';
import { decodeBatch, encodeBatch } from '../../core/metrics/otlp.ts';

declare const encoded: unique symbol;

/**
 * Bytes that may leave the site. Only the functions below make them, from measurements, alerts and outcomes of commands: there is
 * no way to hand raw samples to an uplink that the compiler accepts.
 */
export type EncodedMessage = Uint8Array & { readonly [encoded]: true };

/** gzip of the batch as an OTLP `ExportMetricsServiceRequest`. */
export function encodeMetrics(batch: MetricBatch): EncodedMessage {
  return gzipSync(encodeBatch(batch)) as Uint8Array as EncodedMessage;
}

export function decodeMetrics(payload: Uint8Array): MetricBatch {
  return decodeBatch(gunzipSync(payload));
}

/** JSON, because the IoT rule of the alerts reads it. */
export function encodeAlerts(report: AlertReport): EncodedMessage {
  return new TextEncoder().encode(JSON.stringify(report)) as EncodedMessage;
}

/** JSON, as alerts are. */
export function encodeHealResult(result: HealResult): EncodedMessage {
  return new TextEncoder().encode(JSON.stringify(result)) as EncodedMessage;
}

/** A batch without its number: `{boot, seq}` is given when it is cut into messages. */
export type Content = readonly PointGroup[];

export function countPoints(groups: Content): number {
  return groups.reduce((sum, group) => sum + group.points.length, 0);
}

/**
 * IoT Core takes at most 128 KB in one message, and no adjusting that. Half of it leaves room for the stages behind
 * that wrap the message (base64 in the IoT rule makes 4/3 of it).
 */
export const MAX_PAYLOAD_BYTES = 64 * 1024;

/**
 * Cuts `groups` into as few pieces as fit `maxBytes` each when `encode` has made bytes of them. One that cannot be cut
 * further is returned as it is.
 */
export function split(
  groups: Content,
  encode: (groups: Content) => Uint8Array,
  maxBytes: number = MAX_PAYLOAD_BYTES,
): Content[] {
  const count = countPoints(groups);
  if (count <= 1 || encode(groups).byteLength <= maxBytes) return count === 0 ? [] : [groups];
  const [first, second] = halves(groups, Math.ceil(count / 2));
  return [...split(first, encode, maxBytes), ...split(second, encode, maxBytes)];
}

function halves(groups: Content, size: number): [Content, Content] {
  const first: PointGroup[] = [];
  const second: PointGroup[] = [];
  let room = size;
  for (const group of groups) {
    const head = group.points.slice(0, room);
    const tail = group.points.slice(room);
    if (head.length > 0) first.push({ resource: group.resource, points: head });
    if (tail.length > 0) second.push({ resource: group.resource, points: tail });
    room -= head.length;
  }
  return [first, second];
}

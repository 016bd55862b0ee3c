import { gunzipSync, inflateSync } from 'node:zlib';
import { decodeRequest } from '../../core/metrics/otlp.ts';
import { createCorrelator } from './correlation.ts';
import { createByteSearch } from './encodings.ts';

/** What was seen leaving, and the first proof of raw signal in it, if any. */
export interface EgressReport {
  readonly messages: number;
  readonly bytes: number;
  readonly canaryFound: boolean;
  readonly evidence?: string;
}

const BASE64_RUN = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const NUMBER_RUN = /(?:[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?[\s,;[\]"]+){15,}[-+]?\d+(?:\.\d+)?/gi;
/** Wrappings within wrappings (base64 of gzip of ...) that are followed. */
const DEEPEST = 3;

/**
 * Searches everything that leaves the edge for a canary: a waveform that the board carries in a channel. Bytes are
 * compared with it in all usual encodings, base64 and compression are undone, and every run of numbers (in text, in
 * histogram buckets, along a series from message to message) is correlated with it.
 */
export function createEgressInspector(canary: ArrayLike<number>) {
  const searchBytes = createByteSearch(canary);
  const correlates = createCorrelator(canary);
  const series = new Map<string, number[]>();
  let messages = 0;
  let bytes = 0;
  let evidence: string | undefined;

  function search(payload: Buffer, depth: number): string | undefined {
    const unpacked = unpack(payload);
    if (unpacked) return depth < DEEPEST ? search(unpacked, depth + 1) : undefined;
    return searchBytes(payload) ?? searchText(payload.toString('latin1'), depth) ?? searchMetrics(payload);
  }

  function searchText(text: string, depth: number): string | undefined {
    for (const [run] of text.matchAll(NUMBER_RUN)) {
      const numbers = run.split(/[\s,;[\]"]+/).map(Number);
      if (correlates(numbers)) return `${numbers.length} numbers as text`;
    }
    if (depth >= DEEPEST) return undefined;
    for (const [run] of text.matchAll(BASE64_RUN)) {
      // A run may begin inside a group of four: the three possible phases.
      for (const phase of [0, 1, 2, 3]) {
        const found = search(Buffer.from(run.slice(phase), 'base64'), depth + 1);
        if (found) return `${found} within base64`;
      }
    }
    return undefined;
  }

  function searchMetrics(payload: Buffer): string | undefined {
    let groups: ReturnType<typeof decodeRequest>['groups'];
    try {
      ({ groups } = decodeRequest(payload));
    } catch {
      return undefined;
    }
    for (const { resource, points } of groups) {
      for (const point of points) {
        if (point.kind === 'histogram' || point.kind === 'rollup') {
          const { positive, negative } = point.histogram;
          for (const { counts } of [positive, negative]) {
            if (correlates(counts)) return `buckets of ${point.name}`;
          }
          continue;
        }
        const key = JSON.stringify([point.name, resource, point.labels]);
        const values = [...(series.get(key) ?? []), point.value].slice(-64);
        series.set(key, values);
        if (values.length % 16 === 0 && correlates(values)) return `values of ${point.name} from message to message`;
      }
      const values = points.flatMap((point) => ('value' in point ? [point.value] : []));
      if (correlates(values)) return `values of ${points.length} points in a row`;
    }
    return undefined;
  }

  return {
    inspect(topic: string, payload: Buffer): void {
      messages += 1;
      bytes += payload.length;
      const found = evidence === undefined ? search(payload, 0) : undefined;
      if (found) evidence = `${topic}: ${found}`;
    },
    report(): EgressReport {
      return { messages, bytes, canaryFound: evidence !== undefined, ...(evidence ? { evidence } : {}) };
    },
  };
}

export type EgressInspector = ReturnType<typeof createEgressInspector>;

function unpack(payload: Buffer): Buffer | undefined {
  try {
    if (payload[0] === 0x1f && payload[1] === 0x8b) return gunzipSync(payload, { maxOutputLength: 1 << 24 });
    if (payload[0] === 0x78) return inflateSync(payload, { maxOutputLength: 1 << 24 });
  } catch {
    // Not compressed after all: it is searched as it is.
  }
  return undefined;
}

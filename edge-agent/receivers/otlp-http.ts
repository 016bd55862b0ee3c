import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { fullLabels, type Labels, type Point, type PointGroup, seriesKey } from '../../core/metrics/model.ts';
import { decodeRequest, OtlpDecodeError } from '../../core/metrics/otlp.ts';

/** An application's whole state is some hundred kilobytes; beyond this it is not metrics. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Between two publishes; newer points of known series replace older ones and always fit. */
const MAX_SERIES = 10_000;

/**
 * OTLP over HTTP for applications on the same host: `POST /v1/metrics`, protobuf. Of each series the newest point since
 * the last publish is sent on.
 */
export class OtlpReceiver {
  private readonly server: Server;
  private readonly onReceived: (groups: readonly PointGroup[]) => void;
  private readonly newest = new Map<string, { resource: Labels; point: Point }>();
  private refused = 0;

  /** `onReceived` gets what came with one request. */
  constructor(onReceived: (groups: readonly PointGroup[]) => void = () => undefined) {
    this.onReceived = onReceived;
    this.server = createServer((request, response) => {
      this.handle(request).then(
        ({ status, message }) => response.writeHead(status, { 'content-type': 'text/plain' }).end(message),
        () => response.destroy(),
      );
    });
  }

  /** Resolves to the port: a free one for 0. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** Points that were received since the last collection with `take`. */
  collect({ take }: { take: boolean }): PointGroup[] {
    const groups = new Map<string, { resource: Labels; points: Point[] }>();
    for (const { resource, point } of this.newest.values()) {
      const key = seriesKey('', resource);
      const group = groups.get(key) ?? { resource, points: [] };
      group.points.push(point);
      groups.set(key, group);
    }
    if (take) this.newest.clear();
    return [...groups.values()];
  }

  /** Points not taken because there were too many series. */
  get refusedPoints(): number {
    return this.refused;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private async handle(request: IncomingMessage): Promise<{ status: number; message: string }> {
    if (request.url !== '/v1/metrics') return { status: 404, message: 'POST to /v1/metrics' };
    if (request.method !== 'POST') return { status: 405, message: 'POST only' };
    if (request.headers['content-type'] !== 'application/x-protobuf') {
      return { status: 415, message: 'content-type must be application/x-protobuf' };
    }
    const body = await readBody(request);
    if (!body) return { status: 413, message: `at most ${MAX_BODY_BYTES} bytes` };
    try {
      const isGzip = request.headers['content-encoding'] === 'gzip';
      const bytes = isGzip ? gunzipSync(body, { maxOutputLength: MAX_BODY_BYTES }) : body;
      const { groups } = decodeRequest(bytes);
      this.take(groups);
      this.onReceived(groups);
      return { status: 200, message: '' };
    } catch (error) {
      if (error instanceof OtlpDecodeError) return { status: 400, message: error.message };
      return { status: 400, message: 'the body cannot be decompressed' };
    }
  }

  private take(groups: readonly PointGroup[]): void {
    for (const { resource, points } of groups) {
      for (const point of points) {
        const key = `${point.kind} ${seriesKey(point.name, fullLabels(resource, point.labels))}`;
        if (this.newest.has(key) || this.newest.size < MAX_SERIES) this.newest.set(key, { resource, point });
        else this.refused += 1;
      }
    }
  }
}

/** Undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeBatch } from '../../../core/metrics/otlp.ts';
import { OtlpReceiver } from '../../../edge-agent/receivers/otlp-http.ts';

let receiver: OtlpReceiver;
let url: string;
beforeEach(async () => {
  receiver = new OtlpReceiver();
  url = `http://127.0.0.1:${await receiver.listen(0)}/v1/metrics`;
});
afterEach(() => receiver.close());

const requests = (value: number, timeMs: number) =>
  encodeBatch({
    boot: 'b',
    seq: 1,
    sentAtMs: 1,
    ackRequested: false,
    groups: [
      {
        resource: { job: 'neural-api', instance: 'api-1' },
        points: [{ kind: 'counter', name: 'requests_total', labels: {}, startMs: 1, timeMs, value }],
      },
    ],
  });
const post = (body: Uint8Array, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    body: Uint8Array.from(body),
    headers: { 'content-type': 'application/x-protobuf', ...headers },
  });

describe('the OTLP receiver', () => {
  test('takes metrics, plain or compressed, and sends the newest point of a series on once', async () => {
    expect((await post(requests(1, 1_000))).status).toBe(200);
    expect((await post(gzipSync(requests(2, 2_000)), { 'content-encoding': 'gzip' })).status).toBe(200);
    const [group, ...others] = receiver.collect({ take: true });
    expect(others).toEqual([]);
    expect(group?.resource).toEqual({ job: 'neural-api', instance: 'api-1' });
    expect(group?.points).toEqual([expect.objectContaining({ name: 'requests_total', value: 2, timeMs: 2_000 })]);
    expect(receiver.collect({ take: true })).toEqual([]);
  });

  test('shows what it has as often as it is looked at', async () => {
    await post(requests(1, 1_000));
    expect(receiver.collect({ take: false })).toHaveLength(1);
    expect(receiver.collect({ take: false })).toHaveLength(1);
  });

  test('says what is wrong with a request, and lives on', async () => {
    expect((await post(Uint8Array.from([255, 255, 255]))).status).toBe(400);
    expect((await post(Uint8Array.from([1]), { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post(Uint8Array.from([]), { 'content-type': 'application/json' })).status).toBe(415);
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(url.replace('metrics', 'traces'), { method: 'POST' })).status).toBe(404);
    expect((await post(requests(1, 1_000))).status).toBe(200);
  });
});

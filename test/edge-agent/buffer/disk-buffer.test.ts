import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DiskBuffer } from '../../../edge-agent/buffer/disk-buffer.ts';
import { payloadFor } from './payload.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nsmon-buffer-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (maxBytes = 1024 * 1024, at = directory) => DiskBuffer.open({ directory: at, maxBytes, sync: false });
const put = (buffer: DiskBuffer, boot: string, seq: number) =>
  buffer.append({ boot, seq, points: 10, recordedAtMs: seq }, payloadFor(boot, seq));
const names = (buffer: DiskBuffer) => buffer.waiting().map(({ boot, seq }) => `${boot}/${seq}`);
const newestFile = () => join(directory, readdirSync(directory).sort().at(-1)!);

describe('the disk buffer', () => {
  test('keeps messages, oldest first, until the store acknowledges them', async () => {
    const buffer = await open();
    for (const seq of [1, 2, 3, 4, 5]) await put(buffer, 'x', seq);
    const done = await buffer.acknowledge({
      boot: 'x',
      ranges: [
        [1, 2],
        [4, 4],
      ],
    });
    expect(done.map(({ seq }) => seq)).toEqual([1, 2, 4]);
    expect(names(buffer)).toEqual(['x/3', 'x/5']);
    expect(buffer.ledger()).toEqual({ recorded: 50, acknowledged: 30, buffered: 20, dropped: 0, damaged: 0 });
    await buffer.close();
  });

  test('ignores acknowledgements of another run, of what it never had, and repeated ones', async () => {
    const buffer = await open();
    await put(buffer, 'x', 1);
    await buffer.acknowledge({ boot: 'y', ranges: [[1, 1]] });
    await buffer.acknowledge({ boot: 'x', ranges: [[2, 9]] });
    expect(names(buffer)).toEqual(['x/1']);
    await buffer.acknowledge({ boot: 'x', ranges: [[1, 1]] });
    expect(await buffer.acknowledge({ boot: 'x', ranges: [[1, 1]] })).toEqual([]);
    expect(buffer.ledger().acknowledged).toBe(10);
    await buffer.close();
  });

  test('remembers messages, acknowledgements and its ledger across restarts', async () => {
    let buffer = await open();
    for (const seq of [1, 2, 3]) await put(buffer, 'x', seq);
    await buffer.acknowledge({ boot: 'x', ranges: [[2, 2]] });
    await buffer.close();
    buffer = await open();
    await put(buffer, 'y', 1);
    await buffer.close();
    buffer = await open();
    expect(names(buffer)).toEqual(['x/1', 'x/3', 'y/1']);
    expect(await buffer.read({ boot: 'x', seq: 3 })).toEqual(payloadFor('x', 3));
    expect(await buffer.read({ boot: 'x', seq: 2 })).toBeUndefined();
    expect(buffer.ledger()).toEqual({ recorded: 40, acknowledged: 10, buffered: 30, dropped: 0, damaged: 0 });
    await buffer.close();
  });

  test('deletes files that hold nothing to wait for', async () => {
    const buffer = await open(80_000);
    for (let seq = 1; seq <= 100; seq += 1) await put(buffer, 'x', seq);
    expect(readdirSync(directory).length).toBeGreaterThan(3);
    await buffer.acknowledge({ boot: 'x', ranges: [[1, 100]] });
    expect(readdirSync(directory)).toHaveLength(1);
    await buffer.close();
    const done = { recorded: 1_000, acknowledged: 1_000, buffered: 0, dropped: 0, damaged: 0 };
    expect((await open()).ledger()).toEqual(done);
    expect((await open()).ledger()).toEqual(done);
  });

  test('gives up the oldest when it is full, and counts their points', async () => {
    const buffer = await open(40_000);
    for (let seq = 1; seq <= 200; seq += 1) await put(buffer, 'x', seq);
    expect(buffer.bytes).toBeLessThanOrEqual(40_000);
    const kept = buffer.waiting().map(({ seq }) => seq);
    expect(kept.at(-1)).toBe(200);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 201 - kept.length + i));
    const expected = { recorded: 2_000, acknowledged: 0, buffered: kept.length * 10, damaged: 0 };
    expect(buffer.ledger()).toEqual({ ...expected, dropped: 2_000 - kept.length * 10 });
    await buffer.close();
    expect((await open(40_000)).ledger()).toEqual({ ...expected, dropped: 2_000 - kept.length * 10 });
  });

  test('drops a torn end, wherever it was torn, and nothing else', async () => {
    const buffer = await open();
    for (const seq of [1, 2, 3]) await put(buffer, 'x', seq);
    const before = readFileSync(newestFile()).length;
    await put(buffer, 'x', 4);
    await buffer.close();
    const file = newestFile();
    const whole = readFileSync(file);
    for (let length = before; length < whole.length; length += 7) {
      writeFileSync(file, whole);
      truncateSync(file, length);
      expect(names(await open())).toEqual(['x/1', 'x/2', 'x/3']);
    }
  });

  test('is not misled by zeros or garbage behind the last record', async () => {
    const buffer = await open();
    await put(buffer, 'x', 1);
    await buffer.close();
    appendFileSync(newestFile(), Buffer.alloc(100));
    expect(names(await open())).toEqual(['x/1']);
    appendFileSync(newestFile(), 'garbage');
    expect(names(await open())).toEqual(['x/1']);
  });

  test('says how many points a damaged file cost', async () => {
    const buffer = await open(80_000);
    for (let seq = 1; seq <= 60; seq += 1) await put(buffer, 'x', seq);
    const before = buffer.ledger();
    await buffer.close();
    const [oldest] = readdirSync(directory).sort();
    const bytes = readFileSync(join(directory, oldest!));
    bytes[300] = bytes[300]! ^ 0xff;
    writeFileSync(join(directory, oldest!), bytes);
    const { recorded, buffered, damaged } = (await open(80_000)).ledger();
    expect(recorded).toBe(before.recorded);
    expect(damaged).toBeGreaterThan(0);
    expect(recorded).toBe(buffered + damaged);
  });

  test('holds its ledger in balance, whatever is put in, acknowledged and reopened', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), count: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ kind: fc.constant('ack' as const), from: fc.nat(60), length: fc.nat(10) }),
      fc.record({ kind: fc.constant('reopen' as const) }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        run += 1;
        const at = join(directory, String(run));
        let buffer = await open(24_000, at);
        let seq = 0;
        for (const next of steps) {
          if (next.kind === 'put') {
            for (const last = seq + next.count; seq < last; seq += 1) await put(buffer, 'x', seq + 1);
          } else if (next.kind === 'ack') {
            await buffer.acknowledge({ boot: 'x', ranges: [[next.from, next.from + next.length]] });
          } else {
            const before = { waiting: names(buffer), ledger: buffer.ledger() };
            await buffer.close();
            buffer = await open(24_000, at);
            expect({ waiting: names(buffer), ledger: buffer.ledger() }).toEqual(before);
          }
          const { recorded, acknowledged, buffered, dropped, damaged } = buffer.ledger();
          expect(recorded).toBe(seq * 10);
          expect(acknowledged + buffered + dropped).toBe(recorded);
          expect(damaged).toBe(0);
          expect(buffer.bytes).toBeLessThanOrEqual(24_000 + 3_000);
        }
        await buffer.close();
      }),
      { numRuns: 40 },
    );
  });
});

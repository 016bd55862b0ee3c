import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DiskBuffer } from '../../../edge-agent/buffer/disk-buffer.ts';
import { payloadFor } from './payload.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nsmon-crash-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs the loop as `boot` and kills it with SIGKILL once it has said that `lines` things are done. */
async function killAfter(boot: string, lines: number): Promise<string[]> {
  const script = resolve('test/edge-agent/buffer/write-loop.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory, boot], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.split('\n').length > lines) child.kill('SIGKILL');
  });
  await new Promise((done) => child.on('close', done));
  return output.split('\n').slice(0, -1);
}

describe('a buffer whose process is killed at any moment', () => {
  test('has every message it said it has, whole, and none twice, over several lives', async () => {
    const buffered = new Map<string, number[]>();
    const acknowledged = new Map<string, number[]>();
    for (const [boot, lines] of [
      ['a', 97],
      ['b', 3],
      ['c', 160],
      ['d', 41],
    ] as const) {
      const said = await killAfter(boot, lines);
      buffered.set(boot, said.filter((line) => !line.startsWith('ack')).map(Number));
      acknowledged.set(
        boot,
        said.filter((line) => line.startsWith('ack')).map((line) => Number(line.slice(4))),
      );
    }
    const buffer = await DiskBuffer.open({ directory, maxBytes: 64 * 1024 * 1024 });
    const waiting = buffer.waiting();

    expect(new Set(waiting.map(({ boot, seq }) => `${boot}/${seq}`)).size).toBe(waiting.length);
    for (const message of waiting) {
      expect(message.points).toBe(message.seq);
      expect(await buffer.read(message)).toEqual(payloadFor(message.boot, message.seq));
    }
    for (const [boot, seqs] of buffered) {
      const here = new Set(waiting.filter((message) => message.boot === boot).map(({ seq }) => seq));
      const asked = acknowledged.get(boot) ?? [];
      expect(seqs.filter((seq) => !here.has(seq) && !asked.includes(seq))).toEqual([]);
      // The last acknowledgement may have been cut off by the kill; all before it were done.
      expect(asked.slice(0, -1).filter((seq) => here.has(seq))).toEqual([]);
    }
    const { recorded, acknowledged: settled, buffered: kept, dropped, damaged } = buffer.ledger();
    expect(damaged).toBe(0);
    expect(recorded).toBe(settled + kept + dropped);
    await buffer.close();
    expect(readdirSync(directory).length).toBeGreaterThan(1);
  });
});

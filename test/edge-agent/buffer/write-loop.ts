/**
 * A process to be killed at any moment: `write-loop.ts DIRECTORY BOOT` appends messages to the buffer in DIRECTORY and
 * prints the number of each as soon as it is buffered; it acknowledges every third one, after printing "ack N".
 */
import { DiskBuffer } from '../../../edge-agent/buffer/disk-buffer.ts';
import { payloadFor } from './payload.ts';

const [directory = '', boot = ''] = process.argv.slice(2);
const buffer = await DiskBuffer.open({ directory, maxBytes: 64 * 1024 * 1024, segmentBytes: 20_000 });
for (let seq = 1; ; seq += 1) {
  await buffer.append({ boot, seq, points: seq, recordedAtMs: seq }, payloadFor(boot, seq));
  process.stdout.write(`${seq}\n`);
  if (seq % 3 === 0) {
    process.stdout.write(`ack ${seq}\n`);
    await buffer.acknowledge({ boot, ranges: [[seq, seq]] });
  }
}

import { describe, expect, test } from '@jest/globals';
import { parseAcknowledgement } from '../../../edge-agent/buffer/acknowledgement.ts';
import type { BufferedMessage } from '../../../edge-agent/buffer/disk-buffer.ts';
import { ResendSchedule } from '../../../edge-agent/buffer/resend.ts';

const message = (seq: number): BufferedMessage => ({
  type: 'message',
  boot: 'x',
  seq,
  points: 1,
  recordedAtMs: 0,
  bytes: 1,
});
const waiting = [message(1), message(2), message(3)];
const seqs = (messages: readonly BufferedMessage[]) => messages.map(({ seq }) => seq);

describe('the re-send schedule', () => {
  test('has what was never sent due at once, oldest first, as many as fit', () => {
    expect(seqs(new ResendSchedule().due(waiting, 0, 2))).toEqual([1, 2]);
  });

  test('sends again what the store did not acknowledge in time, each time later', () => {
    const schedule = new ResendSchedule({ afterMs: 100, maxMs: 350 });
    const dueAt = (nowMs: number) => schedule.due([message(1)], nowMs, 9).length;
    for (const [sentAt, waitMs] of [
      [0, 100],
      [100, 200],
      [300, 350],
      [650, 350],
    ] as const) {
      schedule.sent(message(1), sentAt);
      expect([dueAt(sentAt + waitMs - 1), dueAt(sentAt + waitMs)]).toEqual([0, 1]);
    }
  });

  test('knows whether a message was ever sent', () => {
    const schedule = new ResendSchedule();
    schedule.sent(message(1), 0);
    expect([schedule.wasSent(message(1)), schedule.wasSent(message(2))]).toEqual([true, false]);
    schedule.forget(message(1));
    expect(schedule.wasSent(message(1))).toBe(false);
  });
});

describe('an acknowledgement', () => {
  const parse = (text: string) => parseAcknowledgement(new TextEncoder().encode(text));

  test('names a run and ranges of its messages', () => {
    expect(parse('{"boot":"b","ranges":[[1,3],[5,5]]}')).toEqual({
      boot: 'b',
      ranges: [
        [1, 3],
        [5, 5],
      ],
    });
  });

  test.each([
    '',
    'null',
    '[]',
    '{"boot":"b"}',
    '{"boot":1,"ranges":[]}',
    '{"boot":"b","ranges":[[3,1]]}',
    '{"boot":"b","ranges":[[1]]}',
  ])('that is %p acknowledges nothing', (text) => {
    expect(parse(text)).toBeUndefined();
  });
});

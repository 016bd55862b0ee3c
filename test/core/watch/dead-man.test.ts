import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DeadManState, judge, type Look } from '../../../core/watch/dead-man.ts';

const MINUTE = 60_000;
const SETTINGS = {
  silenceMs: 2 * MINUTE,
  pagePatienceMs: MINUTE,
  connectWithinMs: 30 * MINUTE,
  repeatMs: 60 * MINUTE,
};

/** Looks once a minute; the timeline says what each look sees. @returns `<minute> <watched> <kind>` */
function timeline(looks: readonly Look[]): string[] {
  let state: DeadManState | undefined;
  return looks.flatMap((look, minute) => {
    const judged = judge(state, look, minute * MINUTE, SETTINGS, 'prod');
    state = judged.state;
    return judged.told.map(({ watched, kind }) => `${minute} ${watched} ${kind}`);
  });
}

const at = (minute: number): Look => ({ heartbeatAtMs: minute * MINUTE });
const minutes = (count: number, look: (minute: number) => Look): Look[] =>
  Array.from({ length: count }, (_, i) => look(i));

describe('heartbeats', () => {
  test('that come every minute tell nobody anything', () => {
    expect(timeline(minutes(600, (minute) => at(minute - 1)))).toEqual([]);
  });

  test('that stop tell people two minutes after the last, again every hour, and once when they are back', () => {
    const looks = minutes(140, (minute) => at(minute < 10 || minute >= 135 ? minute : 9));
    expect(timeline(looks)).toEqual([
      '11 heartbeat alarm',
      '71 heartbeat reminder',
      '131 heartbeat reminder',
      '135 heartbeat over',
    ]);
  });

  test('of which one is late or lost are no alarm', () => {
    expect(timeline(minutes(60, (minute) => at(minute % 7 === 0 ? minute - 1 : minute)))).toEqual([]);
  });

  test('that never came tell that nobody connected the watch, once it had time', () => {
    expect(timeline(minutes(40, () => ({})))).toEqual(['30 heartbeat alarm']);
    const { told } = judge(
      { startedAtMs: 0, watched: { heartbeat: { status: 'ok' }, page: { status: 'ok' } } },
      {},
      30 * MINUTE,
      SETTINGS,
      'dev',
    );
    expect(told[0]?.subject).toBe('NeuraScale Monitor dev: the watcher is not connected');
  });
});

describe('the acknowledge page', () => {
  const page = (minute: number, answers: boolean): Look => ({ ...at(minute), page: { answers, detail: 'HTTP 502' } });

  test('that does not answer twice is an alarm, and told when it is back', () => {
    const looks = minutes(20, (minute) => page(minute, minute < 5 || minute >= 12));
    expect(timeline(looks)).toEqual(['6 page alarm', '12 page over']);
  });

  test('that does not answer once is none', () => {
    expect(timeline(minutes(20, (minute) => page(minute, minute % 2 === 0)))).toEqual([]);
  });

  test('is watched apart from heartbeats', () => {
    const looks = minutes(10, (minute) => ({ ...page(minute, false), heartbeatAtMs: 0 }));
    expect(timeline(looks)).toEqual(['1 page alarm', '2 heartbeat alarm']);
  });
});

test('whatever happens: silence is told in time, once an outage, and every outage ends in one message', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 5, maxLength: 50 }), (beats) => {
      let last = 0;
      const looks = beats.map((beats, minute) => {
        if (beats) last = minute;
        return at(last);
      });
      const told = timeline(looks);
      let open = false;
      for (const [minute, look] of looks.entries()) {
        const isSilent = minute * MINUTE - look.heartbeatAtMs! >= SETTINGS.silenceMs;
        expect(told.includes(`${minute} heartbeat alarm`)).toBe(isSilent && !open);
        expect(told.includes(`${minute} heartbeat over`)).toBe(!isSilent && open);
        open = isSilent;
      }
    }),
    { numRuns: 200 },
  );
});

test('subjects are what SNS takes: one line of ASCII, at most 100 characters', () => {
  const looks: Look[] = [{}, at(0), { ...at(0), page: { answers: false, detail: 'x' } }];
  for (const look of looks) {
    for (const toldAtMs of [0, 10 * MINUTE]) {
      const alarm = { status: 'alarm', failingSinceMs: 0, toldAtMs } as const;
      const state = { startedAtMs: 0, watched: { heartbeat: alarm, page: alarm } };
      for (const { subject } of judge(state, look, 65 * MINUTE, SETTINGS, 'staging').told) {
        expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
      }
    }
  }
});

import { describe, expect, test } from '@jest/globals';
import { T0, THREE_LEVELS, Timeline } from '../../support/escalation-timeline.ts';

/** Silences `A` until a second of the timeline. */
function silencedUntil(lab: Timeline, second: number): void {
  lab.circumstances = () => ({
    silencing: {
      suppressionOf: ({ alertname }) =>
        alertname === 'A' && lab.second < second ? { reason: 'silenced', by: 's-1' } : undefined,
      mutedAt: () => undefined,
    },
    silencedUntilMs: T0 + second * 1000,
  });
}

describe('an alert that is silenced', () => {
  test('is told to nobody, and raised when the silence ends and it still fires', () => {
    const lab = new Timeline();
    silencedUntil(lab, 3600);
    lab.alert('firing', 'A');
    lab.at(3599);
    expect(lab.said).toEqual([]);
    lab.at(3700);
    expect(lab.said).toEqual(['3600s trigger slack', '3660s escalate sns']);
  });

  test('is never told of when it resolves meanwhile, not even of its end', () => {
    const lab = new Timeline();
    silencedUntil(lab, 3600);
    lab.alert('firing', 'A');
    lab.at(100).alert('resolved', 'A');
    lab.at(7200);
    expect(lab.said).toEqual([]);
    expect(lab.group?.phase).toBe('closed');
  });

  test('in the middle of the climb, is climbed on from where it was when the silence ends', () => {
    const lab = new Timeline();
    lab.alert('firing', 'A');
    lab.at(30);
    silencedUntil(lab, 1000);
    lab.look();
    lab.at(2000);
    expect(lab.said).toEqual(['0s trigger slack', '1000s escalate sns', '1000s escalate pagerduty 1.1']);
  });

  test('leaves the others of its group to be told of', () => {
    const lab = new Timeline();
    silencedUntil(lab, 3600);
    lab.alert('firing', 'A');
    lab.at(10).alert('firing', 'B');
    lab.at(20);
    expect(lab.said).toEqual(['10s trigger slack']);
    expect(Object.values(lab.group?.members ?? {}).map(({ suppressed }) => suppressed?.reason)).toEqual([
      'silenced',
      undefined,
    ]);
  });

  test('says in the log when and by what it was held back', () => {
    const lab = new Timeline();
    silencedUntil(lab, 600);
    lab.alert('firing', 'A');
    lab.at(700);
    const log = (lab.group?.log ?? []).map(({ kind, summary }) => `${kind}: ${summary}`);
    expect(log).toContain('silenced: an alert is silenced by s-1');
    expect(log).toContain('audible: an alert is no longer held back');
  });
});

describe('an alert that is inhibited', () => {
  test('is looked at every group_interval, since nobody tells when the other one ends', () => {
    const lab = new Timeline();
    let isInhibited = true;
    lab.circumstances = () => ({
      silencing: {
        suppressionOf: () => (isInhibited ? { reason: 'inhibited', by: 'f00' } : undefined),
        mutedAt: () => undefined,
      },
    });
    lab.alert('firing', 'A');
    lab.at(450);
    isInhibited = false;
    lab.at(1000);
    expect(lab.said).toEqual(['600s trigger slack', '660s escalate sns', '900s escalate pagerduty 1.1']);
  });

  test('may end a moment after what inhibited it: as much as group_wait is left to it', () => {
    const lab = new Timeline(THREE_LEVELS, { groupWaitMs: 30_000 });
    let isInhibited = true;
    lab.circumstances = () => ({
      silencing: {
        suppressionOf: () => (isInhibited ? { reason: 'inhibited', by: 'f00' } : undefined),
        mutedAt: () => undefined,
      },
    });
    lab.alert('firing', 'A');
    lab.alert('firing', 'B');
    lab.at(450);
    isInhibited = false;
    lab.at(620).alert('resolved', 'A');
    lab.at(629);
    expect(lab.said).toEqual([]);
    lab.at(640);
    expect(lab.said).toEqual(['630s trigger slack']);
  });
});

describe('healing', () => {
  test('holds the page until it has ended, and the levels keep their distance', () => {
    const lab = new Timeline();
    let heldUntilMs: number | undefined = T0 + 60_000;
    lab.circumstances = () => (heldUntilMs === undefined ? {} : { heldUntilMs });
    lab.alert('firing', 'A');
    lab.at(30);
    expect(lab.said).toEqual([]);
    heldUntilMs = undefined;
    lab.look();
    expect(lab.said).toEqual(['30s trigger slack']);
  });

  test('that does not end holds it no longer than it may', () => {
    const lab = new Timeline();
    lab.circumstances = () => ({ heldUntilMs: T0 + 60_000 });
    lab.alert('firing', 'A');
    lab.at(3600);
    expect(lab.said).toEqual(['60s trigger slack', '60s escalate sns', '300s escalate pagerduty 1.1']);
  });

  test('that cures it pages nobody', () => {
    const lab = new Timeline();
    lab.circumstances = () => ({ heldUntilMs: T0 + 60_000 });
    lab.alert('firing', 'A');
    lab.at(30).alert('resolved', 'A');
    lab.at(3600);
    expect(lab.said).toEqual([]);
    expect(lab.group?.phase).toBe('closed');
  });
});

describe('the lease of an acknowledgement', () => {
  const LEASED = { ...THREE_LEVELS, acknowledgeLeaseMs: 30 * 60_000 };

  test('reminds, then expires, and the escalation goes on with an incident of its own', () => {
    const lab = new Timeline(LEASED);
    lab.alert('firing', 'A');
    lab.at(400).acknowledge();
    lab.at(400 + 1801);
    expect(lab.said.slice(6)).toEqual(['1900s reminder slack', '1900s reminder sns', '2200s trigger slack']);
    lab.at(400 + 1800 + 300);
    expect(lab.said.slice(9)).toEqual(['2260s escalate sns', '2500s escalate pagerduty 1.2']);
    expect(lab.group?.log.some(({ kind }) => kind === 'lapsed')).toBe(true);
  });

  test('begins anew with progress', () => {
    const lab = new Timeline(LEASED);
    lab.alert('firing', 'A');
    lab.at(10).acknowledge();
    lab.at(1000);
    expect(lab.progress('Ada', 'new electrode')).toBe(true);
    lab.at(2700);
    expect(lab.said).toEqual(['0s trigger slack', '10s acknowledged slack', '2500s reminder slack']);
    expect(lab.group?.log.at(-2)).toMatchObject({ kind: 'progress', summary: 'Ada is on it: new electrode' });
  });

  test('does not matter once all is well', () => {
    const lab = new Timeline(LEASED);
    lab.alert('firing', 'A');
    lab.at(10).acknowledge();
    lab.at(20).alert('resolved', 'A');
    lab.at(7200);
    expect(lab.said).toEqual(['0s trigger slack', '10s acknowledged slack', '20s resolved slack']);
    expect(lab.progress()).toBe(false);
  });
});

test('a silence that ends after the first repeat was due tells each level once, not twice at once', () => {
  const lab = new Timeline({ ...THREE_LEVELS, repeatEveryMs: 3_600_000 });
  const silencing = { suppressionOf: () => ({ reason: 'silenced', by: 's' }) as const, mutedAt: () => undefined };
  lab.alert('firing', 'A');
  lab.at(30);
  lab.circumstances = () => (lab.second < 10_000 ? { silencing, silencedUntilMs: T0 + 10_000_000 } : {});
  lab.look();
  lab.at(10_500);
  expect(lab.said).toEqual([
    '0s trigger slack',
    '10000s escalate sns',
    '10000s escalate pagerduty 1.1',
    '10000s trigger slack',
  ]);
});

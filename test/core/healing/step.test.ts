import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SessionReport } from '../../../core/alerting/session.ts';
import type { HealResult } from '../../../core/healing/command.ts';
import { type HeldGroup, healingLines, holdUntilMs } from '../../../core/healing/hold.ts';
import { parseHealing } from '../../../core/healing/parse.ts';
import { REASONS } from '../../../core/healing/reasons.ts';
import {
  type GroupHealing,
  type HealingAudit,
  NO_HEALING_YET,
  type OfferedAlert,
} from '../../../core/healing/record.ts';
import { type HealingEffect, type HealingEvent, healingStep } from '../../../core/healing/step.ts';

const START = Date.UTC(2026, 10, 25, 12);
const ENTRY =
  'healing: [{ alert: DeviceSilent, action: reconnect-board, mode: armed, liveSession: consent, holdFor: 60s }]';
const PAUSED: SessionReport = { id: 's1', phase: 'paused', consent: false };
const LIVE: SessionReport = { id: 's1', phase: 'live', consent: false };
const AGREED: SessionReport = { id: 's1', phase: 'live', consent: true };
const KEY = 'lab-1/headset-1#reconnect-board';

/** One healing, with a clock moved by hand. */
class Timeline {
  nowMs = START;
  state = NO_HEALING_YET;
  effects: HealingEffect[] = [];
  audit: HealingAudit[] = [];
  readonly #config;

  constructor(yaml = ENTRY) {
    this.#config = parseHealing(yaml);
  }

  step(event: HealingEvent): this {
    const result = healingStep(this.state, this.#config, event, this.nowMs);
    this.state = JSON.parse(JSON.stringify(result.state));
    this.effects = [...result.effects];
    this.audit.push(...result.audit);
    return this;
  }

  after(seconds: number): this {
    this.nowMs += seconds * 1000;
    return this;
  }

  fires(thing = 'lab-1', session: SessionReport | undefined = PAUSED, labels = {}): this {
    return this.step({ kind: 'offered', alert: this.alert(thing, labels), session });
  }

  alert(thing: string, labels = {}): OfferedAlert {
    return {
      fingerprint: `${thing}-fp`,
      labels: { alertname: 'DeviceSilent', thing, device_id: 'headset-1', ...labels },
      status: 'firing',
      firedAtMs: this.nowMs,
      groups: [`group-${thing}`],
      holdUntilMs: this.nowMs + 60_000,
    };
  }

  answers(status: HealResult['status'], more: Partial<HealResult> = {}, firing = true): this {
    const id = this.state.records[KEY]?.attempt?.id ?? 'none';
    const result = { id, action: 'reconnect-board', deviceId: 'headset-1', status, atMs: this.nowMs, ...more } as const;
    return this.step({ kind: 'answered', thing: 'lab-1', result, firing, session: PAUSED });
  }

  get commands() {
    return this.effects.flatMap((effect) => (effect.kind === 'command' ? [effect.command] : []));
  }

  /** What the alert's group was told last. */
  get told(): GroupHealing | undefined {
    return this.effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.healing] : [])).at(-1);
  }

  get reasons(): string[] {
    return this.audit.map(({ reason }) => reason);
  }
}

const EVIDENCE = { expr: 'x == 1', holdsForMs: 3000, heldForMs: 1000, values: [{ atMs: START, value: null }] };

describe('an alert that healing covers', () => {
  test('is healed, and nobody is told until it is clear that it helped', () => {
    const timeline = new Timeline().fires();
    expect(timeline.commands).toMatchObject([
      { action: 'reconnect-board', target: { thing: 'lab-1', deviceId: 'headset-1' }, expiresAtMs: START + 20_000 },
    ]);
    expect(timeline.told).toMatchObject({ phase: 'under-way', holdUntilMs: START + 60_000 });
    timeline.after(1).answers('accepted').after(5).answers('done');
    expect(timeline.told).toMatchObject({ phase: 'verified' });
    expect(timeline.reasons).toEqual(['issued', 'accepted', 'verified']);
    expect(timeline.state.records[KEY]).toMatchObject({ status: 'verified', failures: [] });
  });

  test('is tried once more when it did not help, then frozen, with the evidence', () => {
    const timeline = new Timeline().fires().after(16).answers('failed', { evidence: EVIDENCE });
    expect(timeline.commands).toHaveLength(1);
    expect(timeline.told?.phase).toBe('under-way');
    timeline.after(16).answers('failed', { evidence: EVIDENCE });
    expect(timeline.commands).toEqual([]);
    expect(timeline.told).toMatchObject({ phase: 'over', overAtMs: START + 32_000 });
    expect(timeline.told?.summary).toContain(
      'Attempt 2, 12:00:32 UTC: x == 1 held for 1 s of 3 s, last seen: no result.',
    );
    expect(timeline.told?.summary).toContain(`npx nsmon heal thaw '${KEY}'`);
    expect(timeline.reasons).toEqual(['issued', 'not-verified', 'issued', 'not-verified', 'futile']);
  });

  test('stays frozen until a person thaws it', () => {
    const timeline = new Timeline().fires().answers('failed').answers('failed').after(7200).fires();
    expect(timeline.commands).toEqual([]);
    expect(timeline.told).toMatchObject({ phase: 'over' });
    expect(timeline.reasons.at(-1)).toBe('frozen');
    timeline.step({ kind: 'thawed', key: KEY, by: 'Robin' });
    expect(timeline.audit.at(-1)).toMatchObject({ actor: 'Robin', reason: 'thawed', subject: 'lab-1/headset-1' });
    expect(timeline.after(60).fires().commands).toHaveLength(1);
  });

  test('is not tried again when it resolved meanwhile', () => {
    const timeline = new Timeline().fires().answers('failed', {}, false);
    expect(timeline.commands).toEqual([]);
    expect(timeline.reasons.at(-1)).toBe('resolved-meanwhile');
  });

  test('counts an outcome that never comes as a failure', () => {
    const timeline = new Timeline().fires().after(40).step({ kind: 'looked', key: KEY, firing: true, session: PAUSED });
    expect(timeline.commands).toEqual([]);
    timeline.after(10).step({ kind: 'looked', key: KEY, firing: true, session: PAUSED });
    expect(timeline.commands).toHaveLength(1);
    expect(timeline.reasons).toContain('no-answer');
  });

  test('ignores an outcome of another attempt, or from another thing', () => {
    const timeline = new Timeline().fires().answers('done', { id: 'older' });
    expect(timeline.state.records[KEY]?.status).toBe('under-way');
    const id = timeline.state.records[KEY]?.attempt?.id ?? '';
    const result = { id, action: 'reconnect-board', deviceId: 'headset-1', status: 'done', atMs: START } as const;
    timeline.step({ kind: 'answered', thing: 'lab-2', result, firing: true });
    expect(timeline.state.records[KEY]?.status).toBe('under-way');
  });

  test('is offered twice, and done once', () => {
    const timeline = new Timeline();
    const offer = { kind: 'offered', alert: timeline.alert('lab-1'), session: PAUSED } as const;
    const [first] = timeline.step(offer).commands;
    const [second] = timeline.step(offer).commands;
    expect(second?.id).toBe(first?.id);
    timeline.answers('accepted').answers('done').step(offer);
    expect(timeline.commands).toEqual([]);
    expect(timeline.told?.phase).toBe('verified');
  });
});

describe('a live session', () => {
  test.each([
    ['whose owner has not agreed', LIVE],
    ['of which nothing is known', undefined],
  ])('%s is not touched; the action waits for the pause', (_case, session) => {
    const timeline = new Timeline().step({ kind: 'offered', alert: new Timeline().alert('lab-1'), session });
    expect(timeline.commands).toEqual([]);
    expect(timeline.told).toMatchObject({ phase: 'over' });
    timeline.after(60).step({ kind: 'looked', key: KEY, firing: true, session });
    expect(timeline.effects).toEqual([]);
    timeline.after(60).step({ kind: 'looked', key: KEY, firing: true, session: PAUSED });
    expect(timeline.commands).toHaveLength(1);
    expect(timeline.reasons).toEqual(['live-session', 'issued']);
  });

  test('whose owner agreed is', () => {
    expect(new Timeline().fires('lab-1', AGREED).commands).toHaveLength(1);
  });

  test('is not even then, where the file says defer', () => {
    const timeline = new Timeline(ENTRY.replace('liveSession: consent', 'liveSession: defer'));
    expect(timeline.fires('lab-1', AGREED).commands).toEqual([]);
  });

  test('that began on its way is seen by the agent, and waited for', () => {
    const timeline = new Timeline().fires().answers('refused', { refusal: 'live-session' });
    expect(timeline.state.records[KEY]?.status).toBe('deferred');
    expect(timeline.told?.phase).toBe('over');
  });

  test('does not matter to what leaves the signal alone', () => {
    const yaml = 'healing: [{ alert: DeviceSilent, action: lower-publish-interval, mode: armed }]';
    expect(new Timeline(yaml).fires('lab-1', LIVE).commands).toHaveLength(1);
  });
});

describe('limits', () => {
  test('nothing is done, noted or held where no entry covers the alert', () => {
    const timeline = new Timeline().fires('lab-1', PAUSED, { alertname: 'Other' });
    expect([timeline.effects, timeline.audit, timeline.state]).toEqual([[], [], NO_HEALING_YET]);
  });

  test('an alert that does not name its board is not waited for', () => {
    const timeline = new Timeline().fires('lab-1', PAUSED, { device_id: '' });
    expect(timeline.told).toMatchObject({ phase: 'over' });
    expect(timeline.reasons).toEqual(['no-target']);
  });

  test('shadow mode notes what it would have done, within the same budget', () => {
    const timeline = new Timeline(ENTRY.replace('armed', 'shadow'));
    for (let i = 0; i < 4; i += 1) timeline.after(60).fires();
    expect(timeline.reasons).toEqual(['shadow', 'shadow', 'shadow', 'budget-target']);
    expect(timeline.effects.some(({ kind }) => kind === 'command')).toBe(false);
  });

  test('the fourth time within an hour is one too often', () => {
    const timeline = new Timeline();
    for (let i = 0; i < 3; i += 1) timeline.after(60).fires().answers('done');
    timeline.after(60).fires();
    expect(timeline.reasons.at(-1)).toBe('budget-target');
    expect(timeline.told?.phase).toBe('over');
    expect(timeline.after(3600).fires().commands).toHaveLength(1);
  });

  test('what a person must approve waits for it, and the page does not', () => {
    const timeline = new Timeline(ENTRY.replace('mode: armed', 'mode: armed, approver: person')).fires();
    expect(timeline.commands).toEqual([]);
    expect(timeline.told?.summary).toContain('npx nsmon heal approve');
    timeline.step({ kind: 'approved', key: KEY, by: 'Robin', firing: true, session: PAUSED });
    expect(timeline.commands).toHaveLength(1);
    expect(timeline.audit.map(({ actor, reason }) => `${actor} ${reason}`)).toEqual([
      'healing awaits-approval',
      'Robin approved',
      'healing issued',
    ]);
  });

  test('a storm of 10,000 alerts performs no more actions than the budget, at no more targets at once', () => {
    const config = parseHealing(ENTRY);
    const timeline = new Timeline();
    const issued: string[] = [];
    for (let i = 0; i < 10_000; i += 1) {
      const result = healingStep(
        timeline.state,
        config,
        { kind: 'offered', alert: timeline.alert(`lab-${i}`), session: PAUSED },
        START + i,
      );
      // As the function does: a step sees the record of its target, and what was spent.
      timeline.state = { records: {}, spent: result.state.spent };
      issued.push(...result.effects.flatMap((effect) => (effect.kind === 'command' ? [effect.command.id] : [])));
      expect(result.audit).toHaveLength(1);
      if (i % 100 === 99) {
        // Whatever is under way ends, so that not the blast radius but the budget decides.
        timeline.state = {
          ...timeline.state,
          spent: timeline.state.spent.map((one) => ({ ...one, endedAtMs: START + i })),
        };
      }
    }
    expect(issued).toHaveLength(20);
    expect(new Set(issued).size).toBe(20);
  });

  test('no order of events exceeds a budget, and every decision has a reason of the list', () => {
    const event = fc.record({
      kind: fc.constantFrom('fires', 'failed', 'done', 'refused', 'looked', 'thawed'),
      thing: fc.constantFrom('lab-1', 'lab-2', 'lab-3'),
      seconds: fc.integer({ min: 0, max: 120 }),
      session: fc.constantFrom(PAUSED, LIVE, AGREED),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const timeline = new Timeline();
        const issued: { readonly id: string; readonly atMs: number; readonly key: string }[] = [];
        for (const { kind, thing, seconds, session } of events) {
          timeline.after(seconds);
          const key = `${thing}/headset-1#reconnect-board`;
          if (kind === 'fires') timeline.fires(thing, session);
          else if (kind === 'looked') timeline.step({ kind, key, firing: true, session });
          else if (kind === 'thawed') timeline.step({ kind, key, by: 'Robin' });
          else {
            const id = timeline.state.records[key]?.attempt?.id ?? 'none';
            const result = {
              id,
              action: 'reconnect-board',
              deviceId: 'headset-1',
              status: kind,
              atMs: 0,
            } as HealResult;
            timeline.step({ kind: 'answered', thing, result, firing: true, session });
          }
          // A command that is sent again is no new one; the agent looks at the session, too.
          const fresh = timeline.commands.filter(({ id }) => issued.every((one) => one.id !== id));
          if (session === LIVE) expect(fresh).toEqual([]);
          issued.push(...fresh.map(({ id }) => ({ id, atMs: timeline.nowMs, key })));
        }
        for (const { atMs, key } of issued) {
          const within = issued.filter((one) => one.key === key && one.atMs <= atMs && one.atMs > atMs - 3_600_000);
          expect(within.length).toBeLessThanOrEqual(3);
        }
        for (const { reason } of timeline.audit) expect(REASONS[reason]).toBeDefined();
      }),
      { numRuns: 100 },
    );
  });
});

describe('the page', () => {
  const member = (status: string, changedAtMs = START) => ({ status, changedAtMs });
  const healing = (more: Partial<GroupHealing>): GroupHealing => ({
    action: 'reconnect-board',
    target: { thing: 'lab-1' },
    phase: 'under-way',
    holdUntilMs: START + 60_000,
    summary: 'tried',
    ...more,
  });
  const until = (group: HeldGroup) => holdUntilMs(group);

  test('waits for nothing in a group without healing', () => {
    expect(until({ members: { a: member('firing') } })).toBeUndefined();
  });

  test('waits while all that fires is being healed', () => {
    expect(until({ members: { a: member('firing'), b: member('resolved') }, healing: { a: healing({}) } })).toBe(
      START + 60_000,
    );
  });

  test('does not wait for an alert that nothing heals', () => {
    const members = { a: member('firing'), b: member('firing', START + 500) };
    expect(until({ members, healing: { a: healing({}) } })).toBe(START + 500);
  });

  test('is due at once when healing gave up, with what was tried', () => {
    const group = { members: { a: member('firing') }, healing: { a: healing({ phase: 'over', overAtMs: START + 9 }) } };
    expect(until(group)).toBe(START + 9);
    expect(healingLines(group)).toEqual(['tried']);
  });
});

import { describe, expect, test } from '@jest/globals';
import { ACTION_NAMES, type HealingAction } from '../../../core/healing/action.ts';
import { ACTIONS } from '../../../core/healing/actions/index.ts';
import { reconnectBoard } from '../../../core/healing/actions/reconnect-board.ts';
import { parsePromql, typeOf } from '../../../core/promql/index.ts';

describe('an action', () => {
  test('without a way to verify it does not type-check', () => {
    const { verify: _verify, ...rest } = reconnectBoard;
    // @ts-expect-error verify is missing
    const action: HealingAction = rest;
    expect(action).toBeDefined();
  });

  test('without a rollback does not type-check', () => {
    const { rollback: _rollback, ...rest } = reconnectBoard;
    // @ts-expect-error rollback is missing
    const action: HealingAction = rest;
    expect(action).toBeDefined();
  });

  test('that gives up later than after two failures does not type-check', () => {
    // @ts-expect-error futilityAfter is 2
    const action: HealingAction = { ...reconnectBoard, futilityAfter: 5 };
    expect(action).toBeDefined();
  });

  test.each(ACTION_NAMES)('%s is listed under its name, with a verification that can be evaluated', (name) => {
    const action = ACTIONS[name];
    expect(action.name).toBe(name);
    const verification = action.verify({ thing: 'lab-1', deviceId: 'he"adset' });
    expect(verification.withinMs).toBeGreaterThan(0);
    if (verification.kind === 'promql') {
      expect(typeOf(parsePromql(verification.expr))).toBe('vector');
      expect(verification.withinMs).toBeGreaterThan(verification.holdsForMs);
    }
  });
});

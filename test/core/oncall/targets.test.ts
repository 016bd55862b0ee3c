import { describe, expect, test } from '@jest/globals';
import { NO_ONCALL, type OncallConfig, type Person } from '../../../core/oncall/config.ts';
import { targetsOf } from '../../../core/oncall/targets.ts';
import { at, rotation, schedule } from './fixtures.ts';

const person = (name: string, channels: Person['channels']): [string, Person] => [
  name,
  { name, timeZone: 'UTC', channels, budget: new Map() },
];
const config: OncallConfig = {
  people: new Map([person('ada', ['slack', 'pagerduty']), person('grace', ['pagerduty'])]),
  schedules: new Map([
    ['devices', schedule()],
    ['backup', schedule({ name: 'backup', rotations: [rotation({ people: ['ada'] })] })],
  ]),
  warnings: [],
};
const now = at('2026-01-05T12:00:00Z');

describe('whom a level tells', () => {
  test('its channels, who is on call, and its people, each once', () => {
    const level = { channels: ['sns'], oncall: ['devices', 'backup'], people: ['grace', 'ada'] } as const;
    expect(targetsOf(level, config, now)).toEqual({
      targets: [
        { channel: 'sns' },
        { channel: 'slack', person: 'ada', otherwise: ['pagerduty'] },
        { channel: 'pagerduty', person: 'grace' },
      ],
      nobody: [],
    });
  });

  test('where nobody is on call, it says for which schedule', () => {
    const before = at('2026-01-05T07:00:00Z');
    expect(targetsOf({ oncall: ['devices'] }, config, before)).toEqual({ targets: [], nobody: ['devices'] });
  });

  test('names that are not in the file any more are said, and the others are told', () => {
    const level = { oncall: ['gone'], people: ['alan', 'grace'] };
    const targets = [{ channel: 'pagerduty', person: 'grace' }];
    expect(targetsOf(level, config, now)).toEqual({ targets, nobody: ['gone', 'alan'] });
  });

  test('channels alone need no oncall.yaml', () => {
    const targets = [{ channel: 'slack' }];
    expect(targetsOf({ channels: ['slack'] }, NO_ONCALL, now)).toEqual({ targets, nobody: [] });
  });
});

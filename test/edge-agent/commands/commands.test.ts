import { describe, expect, test } from '@jest/globals';
import { obey } from '../../../edge-agent/commands/commands.ts';

function send(command: unknown, allowFaults = true) {
  const obeyed: unknown[] = [];
  const faults = {
    inject(fault: unknown) {
      if (fault === undefined) throw new Error('fault: kind is undefined');
      obeyed.push(['inject', fault]);
    },
    clear: (kind?: string, channel?: string) => void obeyed.push(['clear', kind, channel]),
  };
  const payload = new TextEncoder().encode(typeof command === 'string' ? command : JSON.stringify(command));
  const refused = obey(payload, {
    live: (seconds) => void obeyed.push(['live', seconds]),
    heal: (heal) => void obeyed.push(['heal', heal]),
    ...(allowFaults ? { faults } : {}),
  });
  return { obeyed, refused };
}

describe('a command', () => {
  test('starts live mode', () => {
    expect(send({ command: 'live', seconds: 600 })).toEqual({ obeyed: [['live', 600]], refused: undefined });
  });

  test.each([0, -1, 3_601, '600', undefined, null])('does not start live mode for %p seconds', (seconds) => {
    const { obeyed, refused } = send({ command: 'live', seconds });
    expect(obeyed).toEqual([]);
    expect(refused).toContain('it must lie above 0 and at most 3600');
  });

  test('injects and clears faults where that is allowed', () => {
    const fault = { kind: 'stall' };
    expect(send({ command: 'inject-fault', fault }).obeyed).toEqual([['inject', fault]]);
    expect(send({ command: 'clear-fault', kind: 'stall' }).obeyed).toEqual([['clear', 'stall', undefined]]);
    expect(send({ command: 'clear-fault' }).obeyed).toEqual([['clear', undefined, undefined]]);
  });

  test('is refused with the reason of the board when the fault makes no sense', () => {
    expect(send({ command: 'inject-fault' }).refused).toBe('inject-fault: fault: kind is undefined');
  });

  test.each(['inject-fault', 'clear-fault'])('%s is refused elsewhere', (command) => {
    const { obeyed, refused } = send({ command, fault: { kind: 'stall' } }, false);
    expect(obeyed).toEqual([]);
    expect(refused).toContain('does not inject faults');
  });

  test.each(['', 'null', '[]', '"live"', '{"command":"reboot"}', '{'])('that is %p is refused', (text) => {
    expect(send(text)).toEqual({ obeyed: [], refused: expect.stringMatching(/refused|must be one of/) });
  });
});

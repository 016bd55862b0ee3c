import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../core/user-error.ts';
import { parseConfig } from '../../edge-agent/config.ts';

const mqtt = { kind: 'mqtt', host: 'iot.example', certificateFile: 'c.pem', privateKeyFile: 'k.pem' };
const minimal = { environment: 'dev', thing: 'lab-1', dataDirectory: 'data', uplink: mqtt };

function problemsOf(value: unknown): string[] {
  try {
    parseConfig(value, 'agent.json');
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split('\n');
  }
}

describe('the configuration of an agent', () => {
  test('needs little, and has defaults for the rest', () => {
    const config = parseConfig(minimal, 'agent.json');
    expect(config.intervals).toMatchObject({ publish: 10, live: 1, lease: 30 });
    expect(config).toMatchObject({ rules: [], scrape: [], allowFaultInjection: false, faults: { dropOne: false } });
    expect(config.board).toBeUndefined();
    expect(config.statusPort).toBeUndefined();
  });

  test('takes the name of the thing from Greengrass, and an own one before it', () => {
    const { thing: _thing, ...rest } = { ...minimal, uplink: { kind: 'greengrass' } };
    expect(parseConfig(rest, 'env', { thing: 'core-7' }).thing).toBe('core-7');
    expect(parseConfig({ ...rest, thing: 'mine' }, 'env', { thing: 'core-7' }).thing).toBe('mine');
  });

  test('hands the settings of the board on', () => {
    const board = { kind: 'recorded', deviceId: 'cyton-1', file: 'a.edf', loop: false };
    expect(parseConfig({ ...minimal, board }, 'agent.json').board).toEqual(board);
  });

  test('takes a handle of the subject, and nothing that could be a name', () => {
    expect(parseConfig({ ...minimal, subjectHandle: 'P-014' }, 'agent.json').subjectHandle).toBe('P-014');
    expect(problemsOf({ ...minimal, subjectHandle: 'Anna Schmidt' })).toEqual([
      expect.stringMatching(/^agent\.json: subjectHandle is "Anna Schmidt"; it must be a handle .* never a name$/),
    ]);
  });

  test('tells all problems at once, each with what was found and what is allowed', () => {
    const problems = problemsOf({
      environment: 'Production!',
      uplink: { kind: 'carrier-pigeon' },
      intervals: { publish: 0, lease: '30', pubish: 5 },
      board: { kind: 'recorded', deviceId: 'x' },
      scrape: [{ job: 'api', url: 'localhost:9090' }],
      statusPort: 70_000,
      verbose: true,
    });
    expect(problems).toEqual([
      'agent.json: environment is "Production!"; it must be dev, staging or prod',
      'agent.json: thing is missing; it must be the name of the IoT thing: letters, digits, - and _',
      'agent.json: dataDirectory is missing; it must be a directory that the agent may write',
      'agent.json: uplink.kind is "carrier-pigeon"; it must be mqtt or greengrass',
      'agent.json: board.file is missing; it must be a recording: .edf, .bdf or .txt of the OpenBCI GUI',
      'agent.json: intervals.publish is 0; it must be a number from 1 to 3600',
      'agent.json: intervals.lease is "30"; it must be a number from 1 to 30',
      expect.stringMatching(/^agent.json: intervals.pubish is not a setting; here are publish, live, /),
      'agent.json: scrape[0].url is "localhost:9090"; it must be a URL such as http://127.0.0.1:9464/metrics',
      'agent.json: statusPort is 70000; it must be a port, 0 to 65535',
      expect.stringMatching(/^agent.json: verbose is not a setting/),
    ]);
  });

  test.each([null, [], 'text', 7])('%p is no configuration', (value) => {
    expect(problemsOf(value)[0]).toMatch(/must be an object|environment is missing/);
  });
});

import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../../core/user-error.ts';
import { readStartOptions } from '../../../local/start/options.ts';

describe('the options of npm start', () => {
  test('without any, it runs until Ctrl-C', () => {
    expect(readStartOptions({})).toEqual({ dropOne: false, verbose: false });
  });

  test('durations, stores, ports and stories are read', () => {
    const options = readStartOptions({
      for: '1m30s',
      store: 'prometheus',
      port: '3100',
      story: 'electrode-detach',
      'drop-one': true,
    });
    expect(options).toMatchObject({ forMs: 90_000, store: 'prometheus', port: 3100, dropOne: true });
    expect(options.story?.name).toBe('electrode-detach');
  });

  test('everything that is wrong is said at once, each with what is allowed', () => {
    const read = () =>
      readStartOptions(
        {
          recording: '/nowhere.edf',
          story: 'elektrode',
          for: '25d',
          rules: '/nowhere',
          report: '/nowhere/run.json',
          store: 'influx',
          port: '99999',
        },
        ['surplus'],
      );
    expect(read).toThrow(UserError);
    for (const part of [
      /surplus: no argument is expected/,
      /--story is "elektrode", the stories are electrode-detach/,
      /--for is "25d", must be a duration from 1s to 24d/,
      /--rules is "\/nowhere": there is no such folder/,
      /--recording is "\/nowhere.edf": there is no such file/,
      /--report is "\/nowhere\/run.json": the folder \/nowhere does not exist/,
      /--store is "influx", must be timestream or prometheus/,
      /--port is "99999", must be a whole number from 1 to 65535/,
    ]) {
      expect(read).toThrow(part);
    }
  });

  test('a report is a file, and a story brings its own rules', () => {
    expect(() => readStartOptions({ report: '.' })).toThrow('--report is ".": this is a folder');
    expect(readStartOptions({ rules: 'rules' }).rulesDir).toMatch(/\/rules$/);
    expect(() => readStartOptions({ rules: 'rules', story: 'electrode-detach' })).toThrow('a story brings its own');
  });
});

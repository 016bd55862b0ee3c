import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../core/user-error.ts';
import { environments, readSettings } from '../../lib/environments.ts';

const given = (context: Record<string, unknown>) => readSettings((key) => context[key]);

test('the app ends with code 2 and one line when asked for an environment that there is not', () => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bin/app.ts'], {
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ env: 'production' }) },
    encoding: 'utf8',
  });
  expect(stderr).toBe('-c env=production is unknown; allowed are dev, staging, prod\n');
  expect(status).toBe(2);
});

describe('settings of a synthesis', () => {
  test('are those of dev with the default rules when nothing is given', () => {
    expect(given({})).toEqual({ environment: environments.dev, rulesDir: 'rules', strict: false });
  });

  test('take the store of the environment, unless another is asked for', () => {
    expect(given({ env: 'prod' }).environment.metricStore).toBe('timestream');
    expect(given({ env: 'prod', metricStore: 'prometheus' }).environment).toEqual({
      ...environments.prod,
      metricStore: 'prometheus',
    });
  });

  test('take recipients as a list', () => {
    const { environment } = given({ alarmRecipients: 'a@example.org,b@example.org' });
    expect(environment.alarmRecipients).toEqual(['a@example.org', 'b@example.org']);
  });

  test('take who e-mail is from, and where the runbook is', () => {
    const chosen = given({ emailSender: 'monitor@example.org', runbookBaseUrl: 'https://docs.example.org/' });
    expect(chosen.environment).toMatchObject({
      emailSender: 'monitor@example.org',
      runbookBaseUrl: 'https://docs.example.org/',
    });
    expect(() => given({ emailSender: 'monitor' })).toThrow(/emailSender="monitor" is no e-mail address/);
    expect(() => given({ runbookBaseUrl: 'docs' })).toThrow(/runbookBaseUrl=docs must be an address that ends with \//);
    expect(() => given({ runbookBaseUrl: 'https://x.org/docs' })).toThrow(/ends with \//);
  });

  test('say every wrong value at once, and what is allowed', () => {
    const wrong = {
      env: 'production',
      metricStore: 'influx',
      checks: 'lax',
      rules: '',
      alarmRecipients: 'a@b,nobody',
      ackIntervalSeconds: '0',
      reportIntervalSeconds: 'often',
    };
    expect(() => given(wrong)).toThrow(UserError);
    expect(() => given(wrong)).toThrow(
      new UserError(
        [
          '-c env=production is unknown; allowed are dev, staging, prod',
          '-c metricStore=influx is unknown; allowed are timestream, prometheus',
          '-c ackIntervalSeconds="0" must be a number of seconds above 0, at most 600',
          '-c reportIntervalSeconds="often" must be a number of seconds above 0, at most 30',
          '-c alarmRecipients: "nobody" is no e-mail address; give them as a@example.org,b@example.org',
          '-c rules="" must be text that is not empty',
          '-c checks=lax is unknown; allowed are strict, default',
        ].join('; '),
      ),
    );
  });

  test('keep data in prod only', () => {
    expect(Object.values(environments).map(({ name, keepsData }) => [name, keepsData])).toEqual([
      ['dev', false],
      ['staging', false],
      ['prod', true],
    ]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseRouting } from '../../../core/alerting/routing/parse.ts';
import { describeWithShared, shared } from '../../support/shared-folder.ts';

const configuration = (receiver: string, global = ''): string =>
  `${global}route: { receiver: r }\nreceivers:\n  - name: r\n    ${receiver}\n`;
const problemsOf = (text: string): string => {
  try {
    parseRouting(text, 'am.yml');
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('integrations of a receiver', () => {
  test.each([
    ['webhook_configs: [{}]', 'the webhook config needs url or url_file'],
    ['webhook_configs: [{ url: http://a, url_file: /b }]', 'the webhook config has url and url_file: give one of them'],
    ['pagerduty_configs: [{ routing_key: a, service_key: b }]', 'the pagerduty config has routing_key and service_key'],
    ['email_configs: [{ smarthost: a, from: b }]', 'the email config needs to'],
    ['slack_configs: [{ channel: c }]', 'a receiver without *_configs takes the address from the secret'],
  ])('%s: %s', (receiver, problem) => {
    expect(problemsOf(configuration(receiver))).toContain(problem);
  });

  test('what the receiver lacks, global may give; what the receiver has, outweighs it', () => {
    const global = 'global: { opsgenie_api_key: a, opsgenie_api_key_file: /b }\n';
    expect(problemsOf(configuration('opsgenie_configs: [{ api_key: own }]', global))).toBe('');
    expect(problemsOf(configuration('opsgenie_configs: [{}]', global))).toContain(
      'global opsgenie_api_key and global opsgenie_api_key_file',
    );
    expect(problemsOf(configuration('opsgenie_configs: [{}]', 'global: { opsgenie_api_key: a }\n'))).toBe('');
  });
});

/** Alertmanager's own configurations that it refuses; all others it accepts. */
const BAD =
  /conf\.bad|nil-|opsgenie-both|old-team|rocketchat-both|rocketchat-no|slack-both|slack-no|smtp-both|sns-invalid|victorops-both|victorops-no|wechat-no/;

describeWithShared(['conformance/alertmanager'], "Alertmanager's own configurations", () => {
  const folder = shared('conformance/alertmanager');
  const files = readdirSync(folder);

  test.each(files)('%s has the verdict that its name says', (name) => {
    const problems = problemsOf(readFileSync(path.join(folder, name), 'utf8'));
    expect({ name, isGood: problems === '' }).toEqual({ name, isGood: !BAD.test(name) });
  });
});

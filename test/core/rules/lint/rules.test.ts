import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readFile, ruleFilesIn, surroundingsOf } from '../../../../bin/commands/rules/surroundings.ts';
import { lintRules } from '../../../../core/rules/lint/lint.ts';
import { describeWithShared, shared } from '../../../support/shared-folder.ts';

test('of the shipped rules nothing is found that is not silenced with a reason', () => {
  const files = ruleFilesIn('rules').map(readFile);
  const findings = lintRules(files, surroundingsOf('rules'));
  expect(findings.map(({ file, rule, check, what }) => `${file} ${rule} ${check}: ${what}`)).toEqual([]);
});

const WILD = 'conformance/rules-wild';

describeWithShared([WILD], 'of rules in the wild', () => {
  test('what is found beside texts with labels that are not there is just this, and each is true', () => {
    const files = readdirSync(shared(WILD)).map((name) => ({
      file: name,
      text: readFileSync(shared(`${WILD}/${name}`), 'utf8'),
    }));
    const findings = lintRules(files, { without: ['unknown-metric', 'runbook', 'unknown-template-label'] });
    expect([...new Set(findings.map(({ rule, check }) => `${rule} ${check}`))].sort()).toEqual([
      // One point a minute in the cloud, so [1m] holds one.
      'ElasticsearchHighIndexingRate range',
      'ElasticsearchHighQueryRate range',
      // A week, in an agent.
      'HostMemoryIsUnderutilized range',
      'LinkerdHighErrorRate range',
      // state="current" + state="available" without ignoring (state).
      'MongodbTooManyConnections(dcu) unmatched-operands',
      'NginxHighHttp4xxErrorRate range',
      'NginxHighHttp5xxErrorRate range',
      'PrometheusAlertmanagerE2eDeadManSwitch always-true',
      // {__name__=~".+"}
      'PrometheusTimeseriesCardinality nameless-selector',
      // sum by (job) (x == 0) > 0: a sum of zeros.
      'TempoBadOverrides impossible-condition',
    ]);
  });
});

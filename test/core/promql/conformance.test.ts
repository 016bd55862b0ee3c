import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { runPromqlTest } from '../../../core/promql/testing/run.ts';
import { describeWithShared, shared } from '../../support/shared-folder.ts';

/** Evaluations that differ from Prometheus', by `file:line`, each with the reason. */
const EXPECTED_FAILURES: Readonly<Record<string, string>> = {};

describeWithShared(['conformance/promql'], 'the engine gives what Prometheus gives in its own tests', () => {
  const folder = shared('conformance/promql');
  const files = readdirSync(folder).filter((name) => name.endsWith('.test'));
  test.each(files)('%s', (name) => {
    const { passed, failed } = runPromqlTest(readFileSync(path.join(folder, name), 'utf8'), name);
    const unexpected = failed.filter(({ line }) => EXPECTED_FAILURES[`${name}:${line}`] === undefined);
    expect(unexpected).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { parsePromql } from '../../../../core/promql/parser.ts';
import { parseScript } from '../../../../core/promql/testing/script.ts';
import { TestStorage } from '../../../../core/promql/testing/storage.ts';
import { typeOf } from '../../../../core/promql/typecheck.ts';
import { expectSameAsEngine } from '../../../support/same-as-engine.ts';
import { describeWithShared, shared } from '../../../support/shared-folder.ts';

const STEPS = 3;
const MINUTE = 60_000;

describeWithShared(['conformance/promql'], "over columns, Prometheus' own tests give what the engine gives", () => {
  const folder = shared('conformance/promql');
  const files = readdirSync(folder).filter((name) => name.endsWith('.test'));
  test.each(files)('%s', (name) => {
    const storage = new TestStorage();
    let compared = 0;
    for (const command of parseScript(readFileSync(path.join(folder, name), 'utf8'), name)) {
      if (command.kind === 'clear') storage.clear();
      else if (command.kind === 'load') {
        for (const { labels, values } of command.series) storage.append(labels, values, 0, command.stepMs);
      } else {
        const expr = parsed(command.query);
        if (!expr) continue;
        const { startMs: firstMs, stepMs = MINUTE } = command;
        const chunk = { firstMs, stepMs, count: STEPS };
        expectSameAsEngine(expr, `${name}:${command.line}`, storage.select([]), [chunk]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

/** Scripts also hold what does not parse, and what a rule cannot evaluate. */
function parsed(query: string) {
  try {
    const expr = parsePromql(query);
    const type = typeOf(expr);
    return type === 'vector' || type === 'scalar' ? expr : undefined;
  } catch {
    return undefined;
  }
}

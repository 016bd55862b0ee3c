import { unwrap } from '../ast.ts';
import { type Matcher, matcher } from '../matchers.ts';
import { argument, type VectorFunction } from '../scope.ts';
import type { VectorSample } from '../values.ts';

/** Labels by which an info metric belongs to a series. */
const IDENTIFYING = ['instance', 'job'] as const;

/**
 * `info(v, {selector})`: adds the labels of the matching info metric (`target_info` unless the selector names another)
 * to each series; a selector on labels restricts which are added, and drops series without them.
 */
export const infoFunctions: Readonly<Record<string, VectorFunction>> = {
  info: (call, scope) => {
    const base = scope.vector(argument(call, 0));
    const selector = call.args[1] ? unwrap(call.args[1]) : undefined;
    const given: readonly Matcher[] = selector?.kind === 'selector' ? selector.matchers : [];
    const wanted = given.filter(({ name }) => name !== '__name__');
    const named = given.some(({ name }) => name === '__name__');
    const position = { start: call.start, end: call.end };
    const infos = scope.vector({
      kind: 'selector',
      matchers: [...(named ? [] : [matcher('__name__', '=', 'target_info')]), ...given],
      offset: 0,
      at: undefined,
      ...position,
    });
    const result: VectorSample[] = [];
    for (const sample of base) {
      const matching = infos.filter(({ labels }) => IDENTIFYING.every((name) => labels[name] === sample.labels[name]));
      const added: Record<string, string> = {};
      for (const { labels } of matching) {
        for (const [name, value] of Object.entries(labels)) {
          const isWanted = wanted.length === 0 || wanted.some((condition) => condition.name === name);
          if (name !== '__name__' && isWanted && sample.labels[name] === undefined) added[name] = value;
        }
      }
      const dropped = matching.length === 0 && wanted.some(({ test }) => !test(''));
      if (!dropped) result.push({ ...sample, labels: { ...sample.labels, ...added } });
    }
    return result;
  },
};

import type { Call, VectorSelector } from '../ast.ts';
import { unwrap } from '../ast.ts';
import { PromqlEvaluationError } from '../errors.ts';
import { formatLabelSet, keyOn } from '../labels.ts';
import { type Matcher, matcher, matches } from '../matchers.ts';
import { argument, type Scope, type VectorFunction } from '../scope.ts';
import type { VectorSample } from '../values.ts';

/** Labels by which an info metric belongs to a series. */
const IDENTIFYING = ['instance', 'job'] as const;

interface InfoSelector {
  /** Finds the info metrics. */
  readonly selector: VectorSelector;
  readonly names: readonly Matcher[];
  /** Conditions on the labels to add; none: all are added. */
  readonly data: readonly Matcher[];
}

const selectors = new WeakMap<Call, InfoSelector>();

/** Built once per call: the engine remembers what a selector found by its identity. */
function infoSelector(call: Call): InfoSelector {
  let known = selectors.get(call);
  if (!known) {
    const given = call.args[1] ? unwrap(call.args[1]) : undefined;
    const matchers = given?.kind === 'selector' ? given.matchers : [];
    const named = matchers.filter(({ name }) => name === '__name__');
    const names = named.length > 0 ? named : [matcher('__name__', '=', 'target_info')];
    const data = matchers.filter(({ name }) => name !== '__name__');
    const { start, end } = call;
    const selector: VectorSelector = { kind: 'selector', matchers: names, offset: 0, at: undefined, start, end };
    known = { selector, names, data };
    selectors.set(call, known);
  }
  return known;
}

/** The newest info metric of each name, by the series it belongs to. */
function newestInfos(selector: VectorSelector, scope: Scope): Map<string, Map<string, VectorSample>> {
  const times = scope.timestamps(selector);
  const newest = new Map<string, Map<string, { readonly sample: VectorSample; readonly time: number }>>();
  scope.vector(selector).forEach((sample, i) => {
    const key = keyOn(sample.labels, IDENTIFYING);
    const byName = newest.get(key) ?? new Map<string, { sample: VectorSample; time: number }>();
    newest.set(key, byName);
    const time = times[i]?.value ?? 0;
    const name = sample.labels.__name__ ?? '';
    const other = byName.get(name);
    if (other?.time === time) {
      const both = [other.sample, sample].map(({ labels }) => formatLabelSet(labels)).join(' and ');
      throw new PromqlEvaluationError(`found duplicate series for info metric: ${both}`);
    }
    if (!other || other.time < time) byName.set(name, { sample, time });
  });
  return new Map(
    [...newest].map(([key, byName]) => [key, new Map([...byName].map(([name, { sample }]) => [name, sample]))]),
  );
}

/**
 * `info(v, {selector})`: adds to each series the labels of the info metrics that belong to it, `target_info` unless the
 * selector names others. Conditions on labels restrict which are added; a series without a match is left out when a
 * condition demands a value.
 */
export const infoFunctions: Readonly<Record<string, VectorFunction>> = {
  info: (call, scope) => {
    const { selector, names, data } = infoSelector(call);
    const base = scope.vector(argument(call, 0));
    if (base.length === 0) return base;
    const infos = newestInfos(selector, scope);
    const result: VectorSample[] = [];
    for (const sample of base) {
      // An info metric is not told about itself.
      if (matches({ __name__: sample.labels.__name__ ?? '' }, names)) {
        result.push(sample);
        continue;
      }
      const added = labelsToAdd(sample, infos.get(keyOn(sample.labels, IDENTIFYING))?.values() ?? [], data);
      if (Object.keys(added).length === 0 && data.some(({ test }) => !test(''))) continue;
      result.push({ ...sample, labels: { ...sample.labels, ...added } });
    }
    return result;
  },
};

function labelsToAdd(
  base: VectorSample,
  infos: Iterable<VectorSample>,
  data: readonly Matcher[],
): Record<string, string> {
  const added: Record<string, string> = {};
  for (const { labels } of infos) {
    if (!matches(labels, data)) continue;
    for (const [name, value] of Object.entries(labels)) {
      const isWanted = data.length === 0 || data.some((condition) => condition.name === name);
      if (name === '__name__' || !isWanted || base.labels[name] !== undefined) continue;
      if (added[name] !== undefined && added[name] !== value) {
        throw new PromqlEvaluationError(`conflicting label: ${name}`);
      }
      added[name] = value;
    }
  }
  return added;
}

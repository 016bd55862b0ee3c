import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluateInstant, MemorySeriesSource, parsePromql } from '../../../../core/promql/index.ts';
import { labelsOf } from '../../../../core/rules/lint/labels.ts';
import { lintRules } from '../../../../core/rules/lint/lint.ts';

const AT = 600_000;

/** Two agents with a board each, as the cloud sees them. */
function source(): MemorySeriesSource {
  const memory = new MemorySeriesSource();
  for (const [i, thing] of ['lab-1', 'lab-2'].entries()) {
    const device = {
      job: 'neural',
      instance: thing,
      thing,
      device_id: `cap-${i}`,
      device_type: 'cap',
      tenant: 't',
      site: 'n',
    };
    for (const channel of ['Cz', 'Pz']) {
      memory.append('neural_channel_contact', { ...device, channel }, AT - 1000, 1);
      memory.append('neural_channel_quality_score', { ...device, channel }, AT - 1000, 0.5 + i / 4);
    }
    memory.append('neural_device_connected', device, AT - 1000, 1);
    memory.append('neural_data_quality_score', { ...device, session_id: 's' }, AT - 1000, 0.9);
  }
  return memory;
}

const LABELS = ['thing', 'device_id', 'device_type', 'channel', 'job', 'site', 'nowhere'] as const;
const labels = fc.subarray([...LABELS], { maxLength: 4 }).map((list) => list.join(', '));
const grouping = fc.tuple(fc.constantFrom('by', 'without'), labels).map(([how, list]) => `${how} (${list})`);
const matching = fc.oneof(
  fc.constant(''),
  fc.tuple(fc.constantFrom('on', 'ignoring'), labels).map(([how, list]) => `${how} (${list})`),
  fc
    .tuple(labels, fc.constantFrom('group_left', 'group_right'), fc.constantFrom('', 'session_id', 'channel'))
    .map(([list, side, include]) => `on (${list}) ${side} (${include})`),
);

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      'neural_channel_contact',
      'neural_channel_quality_score{channel="Cz"}',
      'neural_device_connected',
      'neural_data_quality_score',
      'vector(1)',
      'absent(nothing{thing="x", job=~"y"})',
      'max_over_time(neural_channel_quality_score[5m])',
    ),
    fc
      .tuple(fc.constantFrom('sum', 'count', 'topk', 'count_values'), grouping, tie('expression'))
      .map(([op, by, e]) => `${op} ${by} (${op === 'topk' ? '1, ' : op === 'count_values' ? '"counted", ' : ''}${e})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '/', '>', '== bool'), matching, tie('expression'))
      .map(([a, op, how, b]) => `(${a} ${op} ${how} ${b})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('and', 'or', 'unless'), grouping, tie('expression'))
      .map(([a, op, by, b]) => `(${a} ${op} ${by.replace('by', 'on').replace('without', 'ignoring')} ${b})`),
    tie('expression').map((e) => `label_replace(${e}, "made", "$1", "thing", "(.*)")`),
    tie('expression').map((e) => `(${e} > 0.6)`),
  ),
}));

/** Undefined where it has none: no such PromQL, or a match of many to many. */
function resultOf(text: string) {
  try {
    const value = evaluateInstant(text, AT, source());
    return value.type === 'vector' ? value.vector : undefined;
  } catch {
    return undefined;
  }
}

test('results have the labels that the linter is certain of, and no others than it thinks possible', () => {
  fc.assert(
    fc.property(expression, (text) => {
      const result = resultOf(text);
      if (!result) return;
      const { possible, certain, values } = labelsOf(parsePromql(text), { recorded: new Map() });
      for (const sample of result) {
        const names = Object.keys(sample.labels).filter((name) => name !== '__name__');
        expect({ text, missing: [...certain].filter((name) => !names.includes(name)) }).toEqual({ text, missing: [] });
        expect({ text, strange: names.filter((name) => possible && !possible.has(name)) }).toEqual({
          text,
          strange: [],
        });
        for (const [name, value] of values)
          expect({ text, [name]: sample.labels[name] }).toEqual({ text, [name]: value });
      }
    }),
    { numRuns: 1000 },
  );
});

test('what never matches, as the linter says, gives no result', () => {
  fc.assert(
    fc.property(expression, matching, expression, (a, how, b) => {
      const text = `(${a}) * ${how} (${b})`;
      const result = resultOf(text);
      if (!result) return;
      const file = `groups: [{name: g, rules: [{record: r, expr: ${JSON.stringify(text)}}]}]`;
      const isImpossible = lintRules([{ file: 'a', text: file }]).some(
        ({ check, what }) => check === 'unmatched-operands' && what.startsWith('the sides of *'),
      );
      if (isImpossible) expect({ text, result }).toEqual({ text, result: [] });
    }),
    { numRuns: 1000 },
  );
});

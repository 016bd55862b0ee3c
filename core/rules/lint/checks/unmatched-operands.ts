import { type Binary, walk } from '../../../promql/ast.ts';
import { typeOf } from '../../../promql/typecheck.ts';
import { type Check, textOf } from '../check.ts';
import { type KnownLabels, labelsOf } from '../labels.ts';

/** Two sides of an operator whose labels can never be equal: the result is always empty. */
export const unmatchedOperands: Check = {
  name: 'unmatched-operands',
  *run(rule, { metrics, places }) {
    for (const node of walk(rule.query)) {
      if (node.kind !== 'binary' || node.op === 'or') continue;
      if (typeOf(node.left) === 'scalar' || typeOf(node.right) === 'scalar') continue;
      const reason = whyUnequal(node, labelsOf(node.left, metrics), labelsOf(node.right, metrics));
      if (reason === undefined) continue;
      yield {
        severity: 'error',
        place: places.expr(node.start),
        what: `the sides of ${node.op} in ${textOf(rule, node)} never match: ${reason.text}`,
        why:
          node.op === 'unless'
            ? 'series match when all their labels are equal; so nothing is ever left out'
            : 'series match when all their labels are equal; so the result is always empty',
        todo: `leave ${reason.label} out (ignoring (${reason.label})), match on labels that both have (on (thing) group_left ()), or aggregate`,
      };
    }
  },
};

interface Unequal {
  readonly label: string;
  readonly text: string;
}

function whyUnequal({ matching }: Binary, left: KnownLabels, right: KnownLabels): Unequal | undefined {
  const isMatched = (label: string): boolean => matching.labels.includes(label) === matching.on;
  for (const label of left.certain) {
    if (isMatched(label) && right.possible && !right.possible.has(label))
      return { label, text: `only the left has ${label}` };
  }
  for (const label of right.certain) {
    if (isMatched(label) && left.possible && !left.possible.has(label))
      return { label, text: `only the right has ${label}` };
  }
  for (const [label, value] of left.values) {
    const other = right.values.get(label);
    if (isMatched(label) && other !== undefined && other !== value)
      return { label, text: `${label} is ${value} on the left, ${other} on the right` };
  }
  return undefined;
}

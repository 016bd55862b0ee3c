import { unwrap, walk } from '../../../promql/ast.ts';
import { alertCheck, textOf } from '../check.ts';

/** `absent()` asked of what it cannot tell. */
export const absent = alertCheck('absent', function* (rule, { places }) {
  for (const node of walk(rule.query)) {
    if (node.kind !== 'call' || !node.name.startsWith('absent')) continue;
    const subject = node.args[0] && unwrap(node.args[0]);
    if (subject?.kind === 'aggregation' && subject.grouping.length > 0 && !subject.without) {
      yield {
        severity: 'warning',
        place: places.expr(node.start),
        what: `${textOf(rule, node)} cannot tell for which ${subject.grouping.join(', ')} something is absent`,
        why: 'it gives one result without these labels, and only when there is nothing at all',
        todo: `compare with what was there: count by (...) (x offset 1h) unless count by (...) (x)`,
      };
    }
    // A range asks that nothing was there for that long; a written for is a decision.
    if (node.name === 'absent' && !places.has('for')) {
      yield {
        severity: 'warning',
        place: places.field('alert'),
        what: `${textOf(rule, node)} has no for`,
        why: 'a restart of what measures, or of what evaluates, is an absence of seconds, and fires it',
        todo: 'ask that it lasts: for: 5m',
      };
    }
  }
});

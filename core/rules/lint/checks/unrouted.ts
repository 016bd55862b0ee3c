import type { Route } from '../../../alerting/routing/config.ts';
import type { Labels } from '../../../metrics/model.ts';
import { matches } from '../../../promql/matchers.ts';
import { alertCheck } from '../check.ts';
import { staticLabels } from '../static-labels.ts';

/** An alert that fires and nobody is told of. */
export const unrouted = alertCheck('unrouted', function* (rule, { places, surroundings }) {
  const { routing, reachesSomebody } = surroundings;
  if (!routing || !reachesSomebody || rule.labels.severity === 'none') return;
  const receivers = [...new Set(mayTake(routing.route, staticLabels(rule)).map(({ receiver }) => receiver))];
  if (receivers.some(reachesSomebody)) return;
  yield {
    severity: 'error',
    place: places.field('alert'),
    what: `${rule.name} goes to ${receivers.join(', ')}, and no channel is told`,
    why: 'the alert fires and nobody learns of it',
    todo: 'give the receiver a policy in escalation.yaml, or route the alert to another; severity: none for what is no alert',
  };
});

/** Routes that may take the alert: labels that the expression brings are unknown, so what asks for others may match. */
function mayTake(route: Route, labels: Labels): Route[] {
  const known = route.matchers.filter(({ name }) => name in labels);
  if (!matches(labels, known)) return [];
  const below = route.routes.flatMap((child) => mayTake(child, labels));
  const isSure = route.routes.some(
    (child) => child.matchers.every(({ name }) => name in labels) && matches(labels, child.matchers),
  );
  return isSure && below.length > 0 ? below : [...below, route];
}

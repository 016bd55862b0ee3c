import { routesOf } from '../../../alerting/routing/route.ts';
import { alertCheck, textOf } from '../check.ts';
import { labelsOf } from '../labels.ts';
import { staticLabels } from '../static-labels.ts';

/** Alerts that differ, in one group: whoever is told of the first takes the others for the same incident. */
export const lostGroupLabels = alertCheck('lost-group-labels', function* (rule, { metrics, places, surroundings }) {
  const { possible, values } = labelsOf(rule.query, metrics);
  if (!surroundings.routing || !possible) return;
  // What is the same for all tells no two alerts apart.
  const telling = [...possible].filter((label) => !values.has(label) && !(label in rule.labels) && label !== 'clock');
  if (telling.length === 0) return;
  for (const { key, groupBy } of routesOf(surroundings.routing.route, staticLabels(rule))) {
    if (groupBy === 'all' || groupBy.some((label) => possible.has(label))) continue;
    yield {
      severity: 'warning',
      place: places.expr(0),
      what: `${textOf(rule, rule.query)} gives an alert for each ${telling.join(', ')}, and the route ${key} puts them all in one group`,
      why: `it groups by ${groupBy.join(', ')}: a second alert is news of the first incident, not one of its own`,
      todo: `add ${telling[0]} to group_by, or a route that matches ${rule.name} with group_by: [alertname, ${telling.join(', ')}]`,
    };
  }
});

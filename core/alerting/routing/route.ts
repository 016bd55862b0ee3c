import { hashOf } from '../../hash.ts';
import type { Labels } from '../../metrics/model.ts';
import { matches } from '../../promql/matchers.ts';
import type { Route } from './config.ts';

/**
 * The routes that take an alert, as Alertmanager finds them: depth first, the deepest that match, the first of siblings
 * unless it says `continue`. Never empty, because the root takes everything.
 */
export function routesOf(route: Route, labels: Labels): Route[] {
  if (!matches(labels, route.matchers)) return [];
  const taken: Route[] = [];
  for (const child of route.routes) {
    const below = routesOf(child, labels);
    taken.push(...below);
    if (below.length > 0 && !child.continue) break;
  }
  return taken.length > 0 ? taken : [route];
}

/** The labels that make an alert's group: those of `group_by` that it has. */
export function groupLabelsOf({ groupBy }: Route, labels: Labels): Labels {
  const names = groupBy === 'all' ? Object.keys(labels) : groupBy;
  const group: Record<string, string> = {};
  for (const name of [...names].sort()) {
    const value = labels[name];
    if (value) group[name] = value;
  }
  return group;
}

/** Identity of a group: a route and the labels its alerts share. */
export function groupIdOf(route: Route, groupLabels: Labels): string {
  return hashOf(JSON.stringify([route.key, route.receiver, groupLabels]), 20);
}

import { formatMatchers } from '../../promql/matchers.ts';
import type { Route } from './config.ts';

/** The tree of routes as text, as `amtool config routes show` draws it. */
export function routeTree(root: Route): string {
  return draw({ label: labelOf(root, true), children: root.routes.map((route) => nodeOf(route)) });
}

/**
 * The part of the tree that leads to some routes, as `amtool config routes test --tree` draws it: only the routes that
 * take the alert name their receiver.
 * @param taken of the same tree
 */
export function matchingTree(root: Route, taken: readonly Route[]): string {
  const prune = (route: Route, isRoot: boolean): Node[] => {
    const children = route.routes.flatMap((child) => prune(child, false));
    if (taken.includes(route)) return [{ label: `${nameOf(route, isRoot)}  receiver: ${route.receiver}`, children }];
    return children.length > 0 ? [{ label: nameOf(route, isRoot), children }] : [];
  };
  return prune(root, true).map(draw).join('\n');
}

interface Node {
  readonly label: string;
  readonly children: readonly Node[];
}

function nodeOf(route: Route): Node {
  return { label: labelOf(route, false), children: route.routes.map(nodeOf) };
}

function labelOf(route: Route, isRoot: boolean): string {
  return `${nameOf(route, isRoot)}${route.continue ? '  continue: true' : ''}  receiver: ${route.receiver}`;
}

function nameOf({ matchers }: Route, isRoot: boolean): string {
  return isRoot ? 'default-route' : formatMatchers(matchers);
}

function draw(root: Node): string {
  const lines = ['.'];
  const below = (nodes: readonly Node[], indent: string): void => {
    nodes.forEach(({ label, children }, i) => {
      const isLast = i === nodes.length - 1;
      lines.push(`${indent}${isLast ? '└── ' : '├── '}${label}`);
      below(children, `${indent}${isLast ? '    ' : '│   '}`);
    });
  };
  below([root], '');
  return lines.join('\n');
}

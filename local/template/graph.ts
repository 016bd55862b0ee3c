import { UserError } from '../../core/user-error.ts';
import type { Stack, TemplateOutput, TemplateResource } from './assembly.ts';
import { type Reference, references } from './intrinsics.ts';

/** A resource or an output of one stack. Its key is `stack/logicalId` or `stack/outputs/name`. */
export type Node =
  | { readonly kind: 'resource'; readonly stack: Stack; readonly id: string; readonly resource: TemplateResource }
  | { readonly kind: 'output'; readonly stack: Stack; readonly id: string; readonly output: TemplateOutput };

export interface Graph {
  readonly nodes: ReadonlyMap<string, Node>;
  /** What must exist before a node can be made, by keys. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Export name to the key of the output that exports it. */
  readonly exports: ReadonlyMap<string, string>;
}

export const resourceKey = (stack: string, id: string) => `${stack}/${id}`;
export const outputKey = (stack: string, id: string) => `${stack}/outputs/${id}`;

/**
 * Orders all stacks as one graph: a resource waits for just what it refers to, wherever that is.
 * @throws UserError naming every reference to nothing, or the resources of a cycle
 */
export function buildGraph(stacks: readonly Stack[]): Graph {
  const nodes = new Map<string, Node>();
  const exports = new Map<string, string>();
  for (const stack of stacks) {
    for (const [id, resource] of Object.entries(stack.template.Resources ?? {})) {
      if (resource.Type !== 'AWS::CDK::Metadata')
        nodes.set(resourceKey(stack.name, id), { kind: 'resource', stack, id, resource });
    }
    for (const [id, output] of Object.entries(stack.template.Outputs ?? {})) {
      nodes.set(outputKey(stack.name, id), { kind: 'output', stack, id, output });
      if (typeof output.Export?.Name === 'string') exports.set(output.Export.Name, outputKey(stack.name, id));
    }
  }

  const problems: string[] = [];
  const needs = new Map<string, readonly string[]>();
  for (const [key, node] of nodes) {
    const target = (reference: Reference): readonly string[] => {
      switch (reference.kind) {
        case 'ref':
          if (reference.name.startsWith('AWS::') || reference.name in (node.stack.template.Parameters ?? {})) return [];
          return [resourceKey(node.stack.name, reference.name)];
        case 'attribute':
          return [resourceKey(node.stack.name, reference.name)];
        case 'import':
          return [exports.get(String(reference.name)) ?? `export ${JSON.stringify(reference.name)}`];
        case 'stackOutput':
          return [outputKey(String(reference.stack), reference.output)];
      }
    };
    const own = node.kind === 'resource' ? node.resource.Properties : node.output.Value;
    const explicit = node.kind === 'resource' ? [node.resource.DependsOn ?? []].flat() : [];
    const wanted = new Set([
      ...references(own).flatMap(target),
      ...explicit.map((id) => resourceKey(node.stack.name, id)),
    ]);
    for (const one of wanted) if (!nodes.has(one)) problems.push(`${key} refers to ${one}, which does not exist`);
    needs.set(key, [...wanted]);
  }
  if (problems.length > 0) throw new UserError(problems.join('\n'));
  const cycle = findCycle(needs);
  if (cycle) throw new UserError(`resources depend on each other in a circle: ${cycle.join(' -> ')}`);
  return { nodes, needs, exports };
}

function findCycle(needs: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const finished = new Set<string>();
  const path: string[] = [];

  function visit(key: string): readonly string[] | undefined {
    if (finished.has(key)) return undefined;
    const seenAt = path.indexOf(key);
    if (seenAt >= 0) return [...path.slice(seenAt), key];
    path.push(key);
    for (const next of needs.get(key) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.pop();
    finished.add(key);
    return undefined;
  }

  for (const key of needs.keys()) {
    const cycle = visit(key);
    if (cycle) return cycle;
  }
  return undefined;
}

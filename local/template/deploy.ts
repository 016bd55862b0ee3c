import { UserError } from '../../core/user-error.ts';
import type { Provisioned, Provisioner, ResourceId } from '../aws/service.ts';
import type { Stack } from './assembly.ts';
import { withoutConditions } from './conditions.ts';
import { buildGraph, type Node, outputKey, resourceKey } from './graph.ts';
import { type Reference, resolve, type Scope } from './intrinsics.ts';
import { type Pseudo, pseudoParameter } from './pseudo.ts';

/** A resource that exists in the twin. */
export interface Deployed extends Provisioned, ResourceId {
  readonly type: string;
  /** Its properties, resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Deployment {
  /** In the order of the template. */
  readonly resources: readonly Deployed[];
  /** Stack name to output name to value. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Makes every resource of all stacks, each as soon as what it refers to exists.
 * @param provisionerOf says what makes resources of a type, or throws
 * @throws UserError when a template is wrong; what a provisioner throws is prefixed by the resource's name
 */
export async function deploy(
  stacks: readonly Stack[],
  provisionerOf: (type: string) => Provisioner,
  pseudo: Pseudo,
): Promise<Deployment> {
  const { nodes, needs, exports } = buildGraph(stacks.map((stack) => withoutConditions(stack, pseudo)));
  const made = new Map<string, Deployed>();
  const outputValues = new Map<string, string>();
  const started = new Map<string, Promise<void>>();

  function make(key: string): Promise<void> {
    const running = started.get(key);
    if (running) return running;
    const node = nodes.get(key)!;
    const making = Promise.all((needs.get(key) ?? []).map(make)).then(() => makeNow(key, node));
    started.set(key, making);
    return making;
  }

  async function makeNow(key: string, node: Node): Promise<void> {
    const scope = scopeOf(key, node);
    if (node.kind === 'output') {
      outputValues.set(key, String(resolve(node.output.Value, scope)));
      return;
    }
    const type = node.resource.Type;
    const id: ResourceId = { stackName: node.stack.name, logicalId: node.id };
    const properties = resolve(node.resource.Properties ?? {}, scope) as Record<string, unknown>;
    try {
      made.set(key, { ...id, type, properties, ...(await provisionerOf(type)(id, properties)) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw message.startsWith(key) ? error : new UserError(`${key} (${type}): ${message}`, { cause: error });
    }
  }

  function scopeOf(where: string, { stack }: Node): Scope {
    return {
      where,
      mapping: (map, first, second) => stack.template.Mappings?.[map]?.[first]?.[second],
      lookUp: (reference) => lookUp(reference, stack, where),
    };
  }

  function lookUp(reference: Reference, stack: Stack, where: string): unknown {
    switch (reference.kind) {
      case 'import':
        return outputValues.get(exports.get(String(reference.name)) ?? '');
      case 'stackOutput':
        return outputValues.get(outputKey(String(reference.stack), reference.output));
      case 'ref':
        return (
          pseudoParameter(reference.name, stack.name, pseudo) ??
          stack.template.Parameters?.[reference.name]?.Default ??
          made.get(resourceKey(stack.name, reference.name))?.ref
        );
      case 'attribute': {
        const resource = made.get(resourceKey(stack.name, reference.name))!;
        const value = resource.attributes[reference.attribute];
        if (value !== undefined) return value;
        const known = Object.keys(resource.attributes).join(', ') || 'none';
        throw new UserError(
          `${where} asks ${reference.name} (${resource.type}) for the attribute ${reference.attribute}; the twin knows ${known}`,
        );
      }
    }
  }

  await Promise.all([...nodes.keys()].map(make));

  const outputs: Record<string, Record<string, string>> = {};
  for (const [key, node] of nodes) {
    if (node.kind !== 'output') continue;
    outputs[node.stack.name] ??= {};
    outputs[node.stack.name]![node.id] = outputValues.get(key) ?? '';
  }
  return { resources: [...nodes.keys()].flatMap((key) => made.get(key) ?? []), outputs };
}

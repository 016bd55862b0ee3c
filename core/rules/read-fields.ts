import { isScalar, type Node } from 'yaml';
import { didYouMean } from '../yaml/did-you-mean.ts';
import type { YamlNode, YamlReader } from '../yaml/reader.ts';

/** The known fields of a group or a rule. */
export type Fields = ReadonlyMap<string, Node>;

/** Reads a mapping; other fields than the known ones are problems. */
export function readFields(
  yaml: YamlReader,
  node: YamlNode,
  what: string,
  known: readonly string[],
): Fields | undefined {
  const entries = yaml.entries(node);
  if (!entries) {
    yaml.problem(node, `${what} must be a mapping with ${known.join(', ')}`);
    return undefined;
  }
  const fields = new Map<string, Node>();
  for (const { name, key, value } of entries) {
    if (!known.includes(name)) {
      yaml.problem(key, `unknown field ${JSON.stringify(name)} in ${what} - ${didYouMean(name, known)}`);
    } else if (value) fields.set(name, value);
  }
  return fields;
}

/** One label or annotation, with the nodes to point at. */
export interface TextField {
  readonly name: string;
  readonly key: Node;
  readonly value: string;
  readonly node: Node;
}

/** Reads labels or annotations. Where nothing is written the value is the empty text. */
export function readTexts(yaml: YamlReader, node: YamlNode, what: string): TextField[] {
  if (!node || (isScalar(node) && node.value === null)) return [];
  const entries = yaml.entries(node);
  if (!entries) yaml.problem(node, `${what} must be a mapping`);
  return (entries ?? []).flatMap(({ name, key, value }) => {
    if (value === null || (isScalar(value) && value.value === null)) return [{ name, key, value: '', node: key }];
    const text = yaml.text(value, `${what} ${name}`);
    return text === undefined ? [] : [{ name, key, value: text, node: value }];
  });
}

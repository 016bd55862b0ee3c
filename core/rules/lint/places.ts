import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { type Position, type YamlNode, YamlReader } from '../../yaml/reader.ts';

/** Where the parts of a rule stand in its file. */
export interface RulePlaces {
  /** First and last line with something of the rule. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** Whether the field is written at all: `for: 0s` says something that no `for` does not. */
  readonly has: (field: string) => boolean;
  /** A field, or an entry of `labels` or `annotations`; the rule's beginning when there is none. */
  readonly field: (name: string, key?: string) => Position;
  /** The character of the expression at this offset. */
  readonly expr: (offset: number) => Position;
}

/** The places of all rules of a file that `parseRuleFile` reads without a problem: `places[group][rule]`. */
export function rulePlaces(text: string, file: string): readonly (readonly RulePlaces[])[] {
  const yaml = new YamlReader(file, text);
  const groups = yaml.items(yaml.fields(yaml.root, file).get('groups'), 'groups');
  return groups.map((group) =>
    yaml.items(yaml.fields(group, 'a group').get('rules'), 'rules').map((rule) => placesOf(yaml, rule, text)),
  );
}

function placesOf(yaml: YamlReader, rule: YamlNode, text: string): RulePlaces {
  const fields = new Map((yaml.entries(rule) ?? []).map((entry) => [entry.name, entry]));
  const expr = fields.get('expr')?.value;
  const offsets = expr ? offsetsOf(expr, text) : undefined;
  const at = (offset: number): Position => yaml.position({ range: [offset, offset, offset] } as unknown as Node);
  return {
    firstLine: yaml.position(rule).line,
    lastLine: at(rule ? lastCharacter(rule) : 0).line,
    has: (field) => fields.has(field),
    field(name, key) {
      const entry = fields.get(name);
      if (!entry) return yaml.position(rule);
      if (key === undefined) return yaml.position(entry.key);
      const inner = yaml.entries(entry.value)?.find(({ name: own }) => own === key);
      return yaml.position(inner?.value ?? entry.key);
    },
    expr: (offset) => (offsets ? at(offsets(offset)) : yaml.position(expr)),
  };
}

/**
 * Where a character of a scalar's value stands in the file. Folding and quoting change nothing but white space and
 * escapes, so counting the other characters leads there.
 */
function offsetsOf(node: Node, text: string): ((offset: number) => number) | undefined {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
  const { value } = node;
  let at = node.range[0];
  if (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') at = text.indexOf('\n', at) + 1;
  else if (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE') at += 1;
  const places: number[] = [];
  for (const character of value.split('')) {
    if (/\s/.test(character)) {
      places.push(at);
      continue;
    }
    while (at < node.range[1] && text[at] !== character) at += 1;
    // An escape repeats the quote or puts a backslash before it; the place after it goes on.
    places.push(at);
    at += 1;
  }
  return (offset) => places[Math.min(offset, places.length - 1)] ?? node.range?.[0] ?? 0;
}

/** Offset of the last thing that stands in a node; comments after it belong to what follows. */
function lastCharacter(node: Node): number {
  const own = node.range?.[0] ?? 0;
  if (isMap<Node, Node | null>(node)) {
    return Math.max(own, ...node.items.map(({ key, value }) => lastCharacter(value ?? key)));
  }
  if (isSeq<Node>(node)) return Math.max(own, ...node.items.map(lastCharacter));
  return Math.max(own, (node.range?.[1] ?? 1) - 1);
}

import { type Matcher, matcher } from '../../promql/matchers.ts';
import type { YamlFields, YamlReader } from '../../yaml/reader.ts';
import { parseMatchers } from './matchers.ts';

/** Reads `<prefix>matchers` and the older `<prefix>match` (equal) and `<prefix>match_re` (regular expression). */
export function readMatcherFields(yaml: YamlReader, fields: YamlFields, prefix: '' | 'source_' | 'target_'): Matcher[] {
  const matchers: Matcher[] = [];
  for (const [suffix, operator] of [
    ['match', '='],
    ['match_re', '=~'],
  ] as const) {
    const what = prefix + suffix;
    for (const [name, node] of yaml.fields(fields.get(what), what)) {
      // In `match`, as in Alertmanager, no value is the empty one: the label must be absent.
      const value = yaml.text(node, `${what}.${name}`) ?? (suffix === 'match' ? '' : undefined);
      if (name === '') yaml.problem(fields.get(what), `${what} has an empty name: name a label`);
      if (value === undefined) yaml.problem(fields.get(what), `${what}.${name} has no value`);
      else attempt(yaml, node, () => matchers.push(matcher(name, operator, value)));
    }
  }
  for (const node of yaml.items(fields.get(`${prefix}matchers`), `${prefix}matchers`)) {
    const text = yaml.text(node, `an item of ${prefix}matchers`);
    if (text !== undefined) attempt(yaml, node, () => matchers.push(...parseMatchers(text)));
  }
  return matchers;
}

function attempt(yaml: YamlReader, node: Parameters<YamlReader['problem']>[0], read: () => void): void {
  try {
    read();
  } catch (error) {
    yaml.problem(node, (error as Error).message);
  }
}

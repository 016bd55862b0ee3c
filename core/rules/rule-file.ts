import { isScalar, type Node } from 'yaml';
import { type Labels, seriesKey } from '../metrics/model.ts';
import type { Expr } from '../promql/ast.ts';
import { parseDuration } from '../promql/durations.ts';
import { PromqlSyntaxError } from '../promql/errors.ts';
import { parsePromql } from '../promql/parser.ts';
import { type YamlNode, YamlReader } from '../yaml/reader.ts';
import type { AlertingRule, Rule, RuleGroup } from './model.ts';
import { readOwnAnnotations } from './own-annotations.ts';
import { type Fields, readFields, readTexts } from './read-fields.ts';
import { RuleFileError } from './rule-file-error.ts';
import { checkTemplate } from './template/template.ts';

const GROUP_FIELDS = ['name', 'interval', 'limit', 'query_offset', 'labels', 'rules'] as const;
const RULE_FIELDS = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'] as const;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/**
 * Reads a Prometheus rule file, as strictly as Prometheus does. Throws one RuleFileError with every problem of the file.
 * Of several expressions joined by the same name and labels in one group the second is a problem: it would overwrite.
 */
export function parseRuleFile(text: string, file: string): readonly RuleGroup[] {
  const yaml = new YamlReader(file, text, RuleFileError);
  const groups = yaml.root ? new RuleFileReader(yaml).groups() : [];
  yaml.finish();
  return groups;
}

class RuleFileReader {
  private readonly yaml: YamlReader;

  constructor(yaml: YamlReader) {
    this.yaml = yaml;
  }

  groups(): RuleGroup[] {
    const { yaml } = this;
    const root = readFields(yaml, yaml.root, 'the rule file', ['groups']);
    const names = new Set<string>();
    const groups: RuleGroup[] = [];
    for (const node of yaml.items(root?.get('groups'), 'groups')) {
      const group = this.group(node);
      if (!group) continue;
      if (names.has(group.name))
        yaml.problem(node, `group ${JSON.stringify(group.name)} is there twice: names of groups are unique`);
      names.add(group.name);
      groups.push(group);
    }
    return groups;
  }

  private group(node: YamlNode): RuleGroup | undefined {
    const { yaml } = this;
    const fields = readFields(yaml, node, 'a group', GROUP_FIELDS);
    if (!fields) return undefined;
    const name = yaml.text(fields.get('name'), 'name of a group') ?? '';
    if (name === '') yaml.problem(node, 'a group needs a name');
    const labels = this.labels(fields.get('labels'), false);
    const rules: Rule[] = [];
    const seen = new Set<string>();
    for (const item of yaml.items(fields.get('rules'), 'rules')) {
      const rule = this.rule(item, labels);
      if (!rule) continue;
      const identity = JSON.stringify([
        rule.kind,
        rule.name,
        seriesKey('', rule.labels),
        rule.kind === 'alerting' ? rule.expr : '',
      ]);
      if (seen.has(identity)) {
        yaml.problem(
          item,
          `${rule.kind} rule ${rule.name} is in group ${name} twice with the same labels: the second overwrites the first`,
        );
      }
      seen.add(identity);
      rules.push(rule);
    }
    return {
      name,
      intervalMs: fields.has('interval') ? this.duration(fields, 'interval') : undefined,
      limit: this.count(fields, 'limit'),
      queryOffsetMs: this.duration(fields, 'query_offset'),
      rules,
    };
  }

  private rule(node: YamlNode, groupLabels: Labels): Rule | undefined {
    const { yaml } = this;
    const fields = readFields(yaml, node, 'a rule', RULE_FIELDS);
    if (!fields) return undefined;
    const record = yaml.text(fields.get('record'), 'record');
    const alert = yaml.text(fields.get('alert'), 'alert');
    if (record !== undefined && alert !== undefined) yaml.problem(node, 'a rule has either record or alert, not both');
    if (record === undefined && alert === undefined) {
      yaml.problem(node, 'a rule needs record (the name of a series) or alert (the name of an alert)');
      return undefined;
    }
    const text = yaml.text(fields.get('expr'), 'expr');
    if (text === undefined) yaml.problem(node, `rule ${record ?? alert} needs an expr`);
    const query = text === undefined ? undefined : this.expression(text, fields.get('expr') as Node);
    const { line } = yaml.position(node);
    if (record !== undefined) {
      if (!METRIC_NAME.test(record)) {
        yaml.problem(
          fields.get('record'),
          `${JSON.stringify(record)} is no metric name: letters, digits, _ and :, no digit first`,
        );
      }
      for (const field of ['for', 'keep_firing_for', 'annotations']) {
        if (fields.has(field))
          yaml.problem(fields.get(field), `${field} belongs to alerting rules only: remove it from ${record}`);
      }
      const labels = { ...groupLabels, ...this.labels(fields.get('labels'), false) };
      return query && { kind: 'recording', name: record, expr: text ?? '', query, labels, line };
    }
    const labels = { ...groupLabels, ...this.labels(fields.get('labels'), true) };
    const forMs = this.duration(fields, 'for');
    const keepFiringForMs = this.duration(fields, 'keep_firing_for');
    const annotations = this.annotations(fields.get('annotations'));
    if (!query || alert === undefined) return undefined;
    return {
      kind: 'alerting',
      name: alert,
      expr: text ?? '',
      query,
      labels,
      line,
      forMs,
      keepFiringForMs,
      ...annotations,
    };
  }

  private expression(text: string, node: Node): Expr | undefined {
    try {
      return parsePromql(text);
    } catch (error) {
      if (!(error instanceof PromqlSyntaxError)) throw error;
      const { line, column } = this.yaml.position(node);
      // Plain one-line scalars show the error where it stands in the file; in blocks and folds only the line is known.
      const isPlain = isScalar(node) && node.type === 'PLAIN' && !text.includes('\n');
      const isBlock = isScalar(node) && node.type === 'BLOCK_LITERAL';
      this.yaml.problemAt(
        { line: isBlock ? line + error.line : line, column: isPlain ? column + error.column - 1 : column },
        `expr: ${error.detail} (at ${error.line}:${error.column} of the expression)`,
      );
      return undefined;
    }
  }

  private duration(fields: Fields, field: string): number {
    const node = fields.get(field);
    const text = this.yaml.text(node, field);
    if (text === undefined) return 0;
    const ms = parseDuration(text);
    if (ms === undefined)
      this.yaml.problem(node, `${field}: ${JSON.stringify(text)} is no duration: write for example 30s, 5m or 1h30m`);
    return ms ?? 0;
  }

  private count(fields: Fields, field: string): number {
    const node = fields.get(field);
    const text = this.yaml.text(node, field);
    if (text === undefined) return 0;
    if (!/^\d+$/.test(text))
      this.yaml.problem(node, `${field}: ${JSON.stringify(text)} is no count: write a whole number, 0 for no limit`);
    return Number(text) || 0;
  }

  private labels(node: Node | undefined, templated: boolean): Labels {
    const labels: Record<string, string> = {};
    for (const { name, key, value, node: at } of readTexts(this.yaml, node, 'labels')) {
      if (!LABEL_NAME.test(name) || name === '__name__') {
        this.yaml.problem(
          key,
          `${JSON.stringify(name)} is no label name: letters, digits and _, no digit first, not __name__`,
        );
      }
      if (templated) this.template(value, `label ${name}`, at);
      labels[name] = value;
    }
    return labels;
  }

  private annotations(node: Node | undefined): Pick<AlertingRule, 'annotations' | 'watermarkMs' | 'noData'> {
    const annotations: Record<string, string> = {};
    const texts = readTexts(this.yaml, node, 'annotations');
    for (const { name, key, value, node: at } of texts) {
      if (!LABEL_NAME.test(name))
        this.yaml.problem(key, `${JSON.stringify(name)} is no annotation name: letters, digits and _, no digit first`);
      this.template(value, `annotation ${name}`, at);
      annotations[name] = value;
    }
    return { annotations, ...readOwnAnnotations(this.yaml, texts) };
  }

  private template(text: string, what: string, node: Node): void {
    const problem = checkTemplate(text);
    if (problem) this.yaml.problem(node, `${what}: ${problem}`);
  }
}

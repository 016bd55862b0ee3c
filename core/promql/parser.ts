import type { SyntaxNode, Tree } from '@lezer/common';
import { parser as grammar } from '@prometheus-io/lezer-promql';
import type { Expr } from './ast.ts';
import { PromqlSyntaxError } from './errors.ts';
import { TreeReader } from './parse-tree.ts';
import { checkTypes } from './typecheck.ts';

/**
 * Parses and type-checks one PromQL expression. Throws a PromqlSyntaxError with line and column.
 * Parsing costs 5 to 50 us, so callers parse a rule once and keep the tree.
 */
export function parsePromql(text: string): Expr {
  if (text.trim() === '') throw new PromqlSyntaxError('the expression is empty', text, 0);
  const { tree, error: firstError } = parseLeniently(text);
  if (firstError) throw syntaxError(firstError, text);
  const reader = new TreeReader(text);
  const root = reader.parts(tree.topNode)[0];
  if (!root) throw new PromqlSyntaxError('the expression is empty', text, 0);
  const expr = reader.expr(root);
  checkTypes(expr, text);
  return expr;
}

/**
 * Prometheus takes some texts that the grammar, which is the editor's, does not: `2.` for a number, and `min_of(1, 2)`
 * outside of durations. Where one of them is the error it is masked by something of equal length; the tree is read with
 * the original text, so it shows what was written.
 */
function parseLeniently(text: string): { tree: Tree; error: SyntaxNode | undefined } {
  let masked = text;
  for (;;) {
    const tree = grammar.parse(masked);
    const error = firstErrorOf(tree);
    const mended = error && mask(masked, error.from);
    if (mended === undefined) return { tree, error };
    masked = mended;
  }
}

function firstErrorOf(tree: Tree): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) found ??= node.node;
      return found === undefined;
    },
  });
  return found;
}

function mask(text: string, at: number): string | undefined {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  if (/\d$/.test(before) && /^\.(?!\w)/.test(after)) return `${before} ${after.slice(1)}`;
  const name = /\b(?:min_of|max_of)\s*$/.exec(before);
  return name ? `${before.slice(0, name.index)}scalar${before.slice(name.index + 6)}${after}` : undefined;
}

/** What stands where the grammar expected something else. */
function syntaxError(node: SyntaxNode, text: string): PromqlSyntaxError {
  const after = text.slice(node.from);
  const at = node.from + (after.length - after.trimStart().length);
  const token = /^(?:[\w:.]+|"[^"]*"?|'[^']*'?|[<>=!]=?|.)/.exec(text.slice(at))?.[0];
  const where = node.parent ? INSIDE[node.parent.name] : undefined;
  const problem = token === undefined ? 'the expression ends too early' : `unexpected ${token}`;
  return new PromqlSyntaxError(where ? `${problem} in ${where}` : problem, text, at);
}

const INSIDE: Readonly<Record<string, string>> = {
  FunctionCallBody: 'the arguments of a function',
  LabelMatchers: 'label matchers (name="value", ...)',
  UnquotedLabelMatcher: 'a label matcher (name="value")',
  GroupingLabels: 'a list of labels',
  MatrixSelector: 'a range such as [5m]',
  SubqueryExpr: 'a subquery such as [1h:1m]',
  DurationExpr: 'a duration such as 5m',
  OffsetDurationExpr: 'an offset such as 5m',
  BinaryExpr: 'an operand',
  ParenExpr: 'parentheses',
};

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
  refuseExcess(text);
  const { tree, error: firstError } = parseLeniently(text);
  if (firstError) throw syntaxError(firstError, text);
  const reader = new TreeReader(text);
  const root = reader.parts(tree.topNode)[0];
  if (!root) throw new PromqlSyntaxError('the expression is empty', text, 0);
  const expr = reader.expr(root);
  checkTypes(expr, text);
  return expr;
}

/** The grammar's parser takes time that grows with the square of some texts: this long, it is done in a second. */
const LONGEST = 16_000;
/** Brackets within brackets. What reads and evaluates the tree does so by recursion. */
const DEEPEST_BRACKETS = 100;

/** Refuses what nobody writes and no parser should be asked to read. */
function refuseExcess(text: string): void {
  if (text.length > LONGEST) {
    throw new PromqlSyntaxError(`the expression has ${text.length} characters: ${LONGEST} at most`, text, LONGEST);
  }
  let depth = 0;
  for (const { 0: part, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#.*|[([{]|[)\]}]/g)) {
    if ('([{'.includes(part)) depth += 1;
    else if (')]}'.includes(part)) depth -= 1;
    if (depth > DEEPEST_BRACKETS) {
      throw new PromqlSyntaxError(`brackets are nested too deeply: ${DEEPEST_BRACKETS} levels at most`, text, index);
    }
  }
}

/** So many are masked one by one: each costs a parse. */
const MOST_MASKED = 10;

/**
 * Prometheus takes some texts that the grammar, which is the editor's, does not: `2.` for a number, and `min_of(1, 2)`
 * outside of durations. Where one of them is the error they are masked by something of equal length; the tree is read
 * with the original text, so it shows what was written.
 */
function parseLeniently(text: string): { tree: Tree; error: SyntaxNode | undefined } {
  let masked = text;
  for (let count = 0; ; count += 1) {
    const tree = grammar.parse(masked);
    const error = firstErrorOf(tree);
    const mended = error && count < MOST_MASKED ? mask(masked, error.from) : undefined;
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

/** Longer than `min_of` and some white space. */
const BEFORE = 40;

function mask(text: string, at: number): string | undefined {
  const before = text.slice(Math.max(0, at - BEFORE), at);
  if (/(?<![\w:.])[\d_]+$/.test(before) && /^\.(?!\w)/.test(text.slice(at, at + 2))) {
    // Within a string nothing is lost by it: strings are read from the original.
    return text.replace(/(?<![\w:.])(\d[\d_]*)\.(?!\w)/g, '$1 ');
  }
  const name = /\b(?:min_of|max_of)\s*$/.exec(before);
  if (!name) return undefined;
  const start = at - before.length + name.index;
  return `${text.slice(0, start)}scalar${text.slice(start + 6)}`;
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

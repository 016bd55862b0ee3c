/** Line and column (both from 1) of an offset in a text. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

/** The expression is not PromQL, or its types do not fit: known before any evaluation. */
export class PromqlSyntaxError extends Error {
  override readonly name = 'PromqlSyntaxError';
  readonly line: number;
  readonly column: number;
  /** What is wrong, without the position. */
  readonly detail: string;

  constructor(detail: string, text: string, offset: number) {
    const { line, column } = lineAndColumn(text, offset);
    super(`${line}:${column}: ${detail}`);
    this.detail = detail;
    this.line = line;
    this.column = column;
  }
}

/** The expression is right, but these series cannot be evaluated by it (many-to-many matching, duplicate series). */
export class PromqlEvaluationError extends Error {
  override readonly name = 'PromqlEvaluationError';
}

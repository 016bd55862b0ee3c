import type { Expression } from './sql/ast.ts';
import { evaluate } from './sql/evaluate.ts';
import { type Message, toText } from './sql/functions.ts';
import { parseExpression } from './sql/parse.ts';

/** Fills a property of a rule's action in for one message. */
export type Substitution = (message: Message) => string;

/**
 * Compiles a substitution template: text with `${expression}` in it, such as `${topic(2)}`.
 * @throws SqlError when an expression is wrong
 */
export function compileTemplate(template: string): Substitution {
  const parts: (string | Expression)[] = template
    .split(/(\$\{[^}]*\})/)
    .map((part) => (part.startsWith('${') ? parseExpression(part.slice(2, -1)) : part));
  return (message) =>
    parts.map((part) => (typeof part === 'string' ? part : (toText(evaluate(part, message)) ?? ''))).join('');
}

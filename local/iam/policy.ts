/** A policy document as templates write it: single values stand for lists of one. */
export interface PolicyDocument {
  readonly Statement: Statement | readonly Statement[];
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  /** Operator to condition key to the values allowed: `{StringEquals: {'aws:RequestedRegion': 'us-east-1'}}`. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;
}

export type OneOrMore = string | readonly string[];

/** What is asked: may this be done to that. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys and of policy variables such as `iot:Connection.Thing.ThingName`. */
  readonly context?: Readonly<Record<string, string>>;
}

export type Decision = 'allowed' | 'explicitly denied' | 'not allowed';

/** IAM's evaluation for identity policies: a Deny wins, else an Allow is needed. */
export function decide(policies: readonly PolicyDocument[], question: Question): Decision {
  const matching = policies
    .flatMap(({ Statement: statement }) => toList(statement))
    .filter((statement) => applies(statement, question));
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'explicitly denied';
  return matching.length > 0 ? 'allowed' : 'not allowed';
}

function applies(statement: Statement, { action, resource, context = {} }: Question): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  // Action names are the same in any case, resources are not.
  const isAction = (pattern: string) => matches(pattern.toLowerCase(), action.toLowerCase());
  const isResource = (pattern: string) => {
    const filled = substitute(pattern, context);
    return filled !== undefined && matches(filled, resource);
  };
  if (Action !== undefined && !toList(Action).some(isAction)) return false;
  if (NotAction !== undefined && toList(NotAction).some(isAction)) return false;
  if (Resource !== undefined && !toList(Resource).some(isResource)) return false;
  if (NotResource !== undefined && toList(NotResource).some(isResource)) return false;
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, lookUp(context, key), toList(values), context)),
  );
}

type Test = (value: string, allowed: string) => boolean;

const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: (value, allowed) => value === allowed,
  StringEqualsIgnoreCase: (value, allowed) => value.toLowerCase() === allowed.toLowerCase(),
  StringLike: (value, allowed) => matches(allowed, value),
  ArnEquals: (value, allowed) => matches(allowed, value),
  ArnLike: (value, allowed) => matches(allowed, value),
  Bool: (value, allowed) => value.toLowerCase() === allowed.toLowerCase(),
};

/** Operators that ask for the opposite: no value of the list may match. */
const NEGATED: Readonly<Record<string, Test>> = {
  StringNotEquals: OPERATORS.StringEquals!,
  StringNotEqualsIgnoreCase: OPERATORS.StringEqualsIgnoreCase!,
  StringNotLike: OPERATORS.StringLike!,
  ArnNotEquals: OPERATORS.ArnEquals!,
  ArnNotLike: OPERATORS.ArnLike!,
};

const QUALIFIED = /^(?:ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/;

/** Condition operators that are evaluated; a policy with another one is refused before it is used. */
export function isKnownOperator(operator: string): boolean {
  const name = QUALIFIED.exec(operator)?.[1] ?? '';
  return name in OPERATORS || name in NEGATED || name === 'Null';
}

function holds(
  operator: string,
  value: string | undefined,
  allowed: readonly string[],
  context: Readonly<Record<string, string>>,
): boolean {
  const [, name = '', ifExists] = QUALIFIED.exec(operator) ?? [];
  if (name === 'Null') return allowed.some((one) => one.toLowerCase() === String(value === undefined));
  const test = OPERATORS[name] ?? NEGATED[name];
  if (!test) return false;
  // As IAM has it: a key that the request lacks fails a positive operator and satisfies a negated one.
  if (value === undefined) return ifExists !== undefined || name in NEGATED || operator.startsWith('ForAllValues:');
  const matched = allowed.some((one) => test(value, substitute(String(one), context) ?? String(one)));
  return name in NEGATED ? !matched : matched;
}

function lookUp(context: Readonly<Record<string, string>>, key: string): string | undefined {
  const wanted = key.toLowerCase();
  return Object.entries(context).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** Fills policy variables in. @returns undefined when one has no value: such a pattern matches nothing */
function substitute(pattern: string, context: Readonly<Record<string, string>>): string | undefined {
  let missing = false;
  const filled = pattern.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.length === 1) return name;
    const value = lookUp(context, name);
    if (value === undefined) missing = true;
    // A device cannot widen a pattern by calling itself `*`.
    return (value ?? '').replace(/[*?\\]/g, '\\$&');
  });
  return missing ? undefined : filled;
}

const patterns = new Map<string, RegExp>();

/** `*` stands for any text, `?` for one character; a backslash takes the meaning away. */
export function matches(pattern: string, text: string): boolean {
  let compiled = patterns.get(pattern);
  if (!compiled) {
    const source = pattern.replace(/\\([*?\\])|[\s\S]/g, (character, escaped: string | undefined) => {
      if (escaped !== undefined) return `\\${escaped}`;
      if (character === '*') return '[\\s\\S]*';
      if (character === '?') return '[\\s\\S]';
      return character.replace(/[.+^${}()|[\]\\/]/, '\\$&');
    });
    compiled = new RegExp(`^${source}$`);
    // Patterns with a thing's name in them are as many as there are things.
    if (patterns.size > 10_000) patterns.clear();
    patterns.set(pattern, compiled);
  }
  return compiled.test(text);
}

export function toList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

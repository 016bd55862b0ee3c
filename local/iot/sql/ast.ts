/** `undefined` is the SQL's Undefined: a path that leads nowhere, an operation on the wrong type. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [name: string]: Value }
  | undefined;

export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  /** The whole payload, where an argument may be `*`. */
  | { readonly kind: 'payload' }
  | { readonly kind: 'path'; readonly segments: readonly (string | number)[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not' | 'negate'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'in'; readonly value: Expression; readonly list: readonly Expression[] }
  | { readonly kind: 'case'; readonly branches: readonly Branch[]; readonly otherwise?: Expression }
  | { readonly kind: 'array'; readonly items: readonly Expression[] };

export interface Branch {
  readonly when: Expression;
  readonly result: Expression;
}

export type SelectItem =
  | { readonly kind: 'all' }
  /** `alias` is a path of member names: `AS state.quality` makes nested objects. */
  | { readonly kind: 'value'; readonly expression: Expression; readonly alias: readonly string[] };

export interface Statement {
  readonly select: readonly SelectItem[];
  /** Topic filter; absent for a rule of Basic Ingest only. */
  readonly from?: string;
  readonly where?: Expression;
}

import { UserError } from '../../core/user-error.ts';
import { NO_VALUE } from './pseudo.ts';

/** Something a value needs before it can be resolved. */
export type Reference =
  | { readonly kind: 'ref'; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: string; readonly attribute: string }
  | { readonly kind: 'import'; readonly name: unknown }
  | { readonly kind: 'stackOutput'; readonly stack: unknown; readonly output: string };

/** What the names in a template stand for. */
export interface Scope {
  lookUp(reference: Reference): unknown;
  mapping(map: string, first: string, second: string): unknown;
  /** Prefix of errors: `stack/resource`. */
  readonly where: string;
}

/** An intrinsic function is an object of exactly one member, `Ref` or `Fn::...`. */
function intrinsic(value: object): readonly [string, unknown] | undefined {
  const entries = Object.entries(value);
  const [first] = entries;
  return entries.length === 1 && first && (first[0] === 'Ref' || first[0].startsWith('Fn::')) ? first : undefined;
}

/**
 * Resolves every intrinsic function in a value.
 * @throws UserError for a function that the twin does not know or that is used wrongly
 */
export function resolve(value: unknown, scope: Scope): unknown {
  const resolved = resolveOrNothing(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

function resolveOrNothing(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((one) => resolveOrNothing(one, scope)).filter((one) => one !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const call = intrinsic(value);
  if (call) return apply(call[0], call[1], scope);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, child]) => [key, resolveOrNothing(child, scope)] as const)
      .filter(([, child]) => child !== NO_VALUE),
  );
}

function apply(fn: string, argument: unknown, scope: Scope): unknown {
  const problem = (what: string) => new UserError(`${scope.where}: ${fn} ${what}: ${JSON.stringify(argument)}`);
  const text = (one: unknown): string => {
    const resolved = resolveOrNothing(one, scope);
    if (typeof resolved === 'string' || typeof resolved === 'number' || typeof resolved === 'boolean')
      return String(resolved);
    throw problem(`gives ${JSON.stringify(resolved)} where text is needed`);
  };
  const items = (one: unknown): readonly unknown[] => {
    const resolved = resolveOrNothing(one, scope);
    if (!Array.isArray(resolved)) throw problem(`gives ${JSON.stringify(resolved)} where a list is needed`);
    return resolved;
  };
  const list = Array.isArray(argument) ? argument : [];

  switch (fn) {
    case 'Ref':
    case 'Fn::GetAtt':
    case 'Fn::ImportValue':
    case 'Fn::GetStackOutput': {
      const [reference] = direct(fn, argument);
      if (!reference) throw problem('is malformed');
      if (reference.kind === 'import') return scope.lookUp({ ...reference, name: text(reference.name) });
      if (reference.kind === 'stackOutput') return scope.lookUp({ ...reference, stack: text(reference.stack) });
      return scope.lookUp(reference);
    }
    case 'Fn::Join':
      return items(list[1]).map(text).join(text(list[0]));
    case 'Fn::Split':
      return text(list[1]).split(text(list[0]));
    case 'Fn::Select': {
      const from = items(list[1]);
      const index = Number(text(list[0]));
      if (!(index in from)) throw problem(`asks for item ${index} of ${from.length}`);
      return from[index];
    }
    case 'Fn::Sub': {
      const variables = typeof argument === 'string' ? {} : ((list[1] ?? {}) as Record<string, unknown>);
      return pieces(argument)
        .map((piece) => {
          if (typeof piece === 'string') return piece;
          return piece.name in variables ? text(variables[piece.name]) : text(asIntrinsic(piece));
        })
        .join('');
    }
    case 'Fn::FindInMap': {
      const [map, first, second] = list.slice(0, 3).map(text);
      const found = scope.mapping(map ?? '', first ?? '', second ?? '');
      if (found !== undefined) return found;
      if (list.length > 3) return resolveOrNothing((list[3] as Record<string, unknown>).DefaultValue, scope);
      throw problem('finds nothing');
    }
    case 'Fn::Base64':
      return Buffer.from(text(argument)).toString('base64');
    case 'Fn::GetAZs':
      return ['a', 'b', 'c'].map((zone) => `${text({ Ref: 'AWS::Region' })}${zone}`);
    case 'Fn::ToJsonString':
      return JSON.stringify(resolveOrNothing(argument, scope));
    case 'Fn::Length':
      return items(argument).length;
    default:
      throw problem('is not known to the twin');
  }
}

/** Every reference in a value, of `Fn::Sub` too. Conditions must be gone already. */
export function references(value: unknown): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  const call = intrinsic(value);
  if (!call) return Object.values(value).flatMap(references);
  const [fn, argument] = call;
  if (fn === 'Fn::Sub') {
    const variables = Array.isArray(argument) ? (argument[1] as Record<string, unknown>) : {};
    const named = pieces(argument).filter((piece) => typeof piece !== 'string' && !(piece.name in variables));
    return [...(named as Reference[]), ...references(variables)];
  }
  const found = direct(fn, argument);
  return found.length > 0 ? found : references(argument);
}

function direct(fn: string, argument: unknown): readonly Reference[] {
  switch (fn) {
    case 'Ref':
      return [{ kind: 'ref', name: String(argument) }];
    case 'Fn::GetAtt': {
      const [name = '', ...attribute] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
      return [{ kind: 'attribute', name, attribute: attribute.join('.') }];
    }
    case 'Fn::ImportValue':
      return [{ kind: 'import', name: argument }];
    case 'Fn::GetStackOutput': {
      const { StackName, OutputName } = argument as { StackName: unknown; OutputName: string };
      return [{ kind: 'stackOutput', stack: StackName, output: OutputName }];
    }
    default:
      return [];
  }
}

type Named = Extract<Reference, { kind: 'ref' | 'attribute' }>;

/** The text of `Fn::Sub` cut at `${Name}` and `${Name.Attribute}`; `${!Name}` stays as `${Name}`. */
function pieces(argument: unknown): readonly (string | Named)[] {
  const source = String(Array.isArray(argument) ? argument[0] : argument);
  return source.split(/(\$\{[^}]+\})/).map((piece) => {
    const inner = /^\$\{([^}]+)\}$/.exec(piece)?.[1];
    if (inner === undefined) return piece;
    if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
    const dot = inner.indexOf('.');
    if (dot < 0) return { kind: 'ref', name: inner };
    return { kind: 'attribute', name: inner.slice(0, dot), attribute: inner.slice(dot + 1) };
  });
}

function asIntrinsic(reference: Named): unknown {
  return reference.kind === 'ref' ? { Ref: reference.name } : { 'Fn::GetAtt': [reference.name, reference.attribute] };
}

import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { StateError } from './errors.ts';

/** What a state's expressions see: `$states`, and the variables that earlier states assigned. */
export interface Bindings {
  readonly states: {
    readonly input: unknown;
    readonly context: unknown;
    readonly result?: unknown;
    readonly errorOutput?: unknown;
  };
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The world of an expression, passed in so that a run can be repeated. */
export interface World {
  now(): number;
  /** In [0, 1). */
  random(): number;
  uuid(): string;
}

const compiled = new Map<string, jsonata.Expression>();
const EXPRESSION = /^\{%([\s\S]*)%\}$/;
/** Algorithms that Step Functions' `$hash` knows, by their names in Node. */
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** The expression in `{% ... %}`, or undefined for a plain string. */
export function expressionIn(text: string): string | undefined {
  return EXPRESSION.exec(text)?.[1]?.trim();
}

/** @throws Error with jsonata's message when the text is not JSONata */
export function compile(expression: string): jsonata.Expression {
  let known = compiled.get(expression);
  if (!known) {
    known = jsonata(expression);
    compiled.set(expression, known);
  }
  return known;
}

/**
 * A template (any JSON) with every string `{% expression %}` in it replaced by the expression's value.
 * @param field name of the state's field, for error messages
 * @throws StateError States.QueryEvaluationError when an expression fails, or gives nothing: the real engine refuses both
 */
export async function evaluate(template: unknown, field: string, bindings: Bindings, world: World): Promise<unknown> {
  if (typeof template === 'string') {
    const expression = expressionIn(template);
    return expression === undefined ? template : evaluateExpression(expression, field, bindings, world);
  }
  if (Array.isArray(template)) {
    const items: unknown[] = [];
    for (const [i, item] of template.entries()) items.push(await evaluate(item, `${field}[${i}]`, bindings, world));
    return items;
  }
  if (typeof template === 'object' && template !== null) {
    const object: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(template)) {
      object[key] = await evaluate(value, `${field}/${key}`, bindings, world);
    }
    return object;
  }
  return template;
}

async function evaluateExpression(
  expression: string,
  field: string,
  bindings: Bindings,
  world: World,
): Promise<unknown> {
  let value: unknown;
  try {
    const names = { ...functions(world), ...bindings.variables, states: bindings.states };
    value = await compile(expression).evaluate(undefined, names);
  } catch (error) {
    const { message } = error as { message?: string };
    throw new StateError(
      'States.QueryEvaluationError',
      `The JSONata expression '${expression}' specified for the field '${field}' threw an error during evaluation. ${message}`,
    );
  }
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) {
    throw new StateError(
      'States.QueryEvaluationError',
      `The JSONata expression '${expression}' specified for the field '${field}' returned nothing (undefined).`,
    );
  }
  // Through JSON, as between real states: jsonata marks its arrays, and shares parts of the input.
  return JSON.parse(json);
}

/** What Step Functions adds to JSONata 2.0.6, takes from it (`$eval`), and what follows the passed-in world. */
function functions(world: World): Record<string, unknown> {
  const isoNow = () => new Date(world.now()).toISOString();
  return {
    eval: undefined,
    now: (picture?: string, timezone?: string) =>
      picture === undefined
        ? isoNow()
        : compile('$fromMillis($at, $picture, $zone)').evaluate(undefined, {
            at: world.now(),
            picture,
            zone: timezone,
          }),
    millis: () => world.now(),
    uuid: () => world.uuid(),
    random: () => world.random(),
    parse: (text?: string) => (text === undefined ? undefined : JSON.parse(text)),
    partition: (items?: unknown, size?: number) => partition(items, size),
    range: (from?: number, to?: number, step?: number) => range(from, to, step),
    hash: (data?: unknown, algorithm?: string) => hash(data, algorithm),
  };
}

function partition(items: unknown, size: number | undefined): unknown[][] | undefined {
  if (items === undefined) return undefined;
  const list = Array.isArray(items) ? items : [items];
  if (!Number.isInteger(size) || size === undefined || size < 1) {
    throw new RangeError(`$partition: the size must be a positive whole number, received ${size}`);
  }
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

function range(from: number | undefined, to: number | undefined, step = 1): number[] {
  if (from === undefined || to === undefined || step === 0 || !Number.isFinite((to - from) / step)) {
    throw new RangeError(
      `$range: needs a first value, a last value and a step other than 0, received ${from}, ${to}, ${step}`,
    );
  }
  return Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, i) => from + i * step);
}

function hash(data: unknown, algorithm = 'SHA-256'): string | undefined {
  if (data === undefined) return undefined;
  const name = HASHES[algorithm];
  if (!name)
    throw new RangeError(
      `$hash: the algorithm must be one of ${Object.keys(HASHES).join(', ')}, received ${algorithm}`,
    );
  return createHash(name)
    .update(typeof data === 'string' ? data : JSON.stringify(data))
    .digest('hex');
}

import { createHash, randomUUID } from 'node:crypto';
import type { Value } from './ast.ts';

/** What a function may know of the message beside its arguments. */
export interface Message {
  /** Without the prefix of Basic Ingest. */
  readonly topic: string;
  readonly clientId: string;
  readonly payload: Buffer;
  readonly receivedMs: number;
  readonly accountId: string;
}

type Call = (args: readonly Value[], message: Message) => Value;

interface Definition {
  readonly args: readonly [least: number, most: number];
  readonly call: Call;
}

const define = (least: number, most: number, call: Call): Definition => ({ args: [least, most], call });
const ofNumber = (f: (x: number) => number): Definition =>
  define(1, 1, ([value]) => {
    const x = toNumber(value);
    const y = x === undefined ? Number.NaN : f(x);
    return Number.isFinite(y) ? y : undefined;
  });
const ofTwoNumbers = (f: (x: number, y: number) => number): Definition =>
  define(2, 2, ([a, b]) => {
    const [x, y] = [toNumber(a), toNumber(b)];
    const result = x === undefined || y === undefined ? Number.NaN : f(x, y);
    return Number.isFinite(result) ? result : undefined;
  });
const ofText = (f: (...texts: string[]) => Value, least = 1, most = least): Definition =>
  define(least, most, (args) => {
    const texts = args.map(toText);
    return texts.some((text) => text === undefined) ? undefined : f(...(texts as string[]));
  });
const hash = (algorithm: string) => ofText((text) => createHash(algorithm).update(text!).digest('hex'));

/** The functions of the rules engine that the twin knows, by their names in lower case. */
const FUNCTIONS: Readonly<Record<string, Definition>> = {
  // About the message.
  topic: define(0, 1, ([index], { topic }) =>
    index === undefined ? topic : topic.split('/')[(toNumber(index) ?? 0) - 1],
  ),
  timestamp: define(0, 0, (_, { receivedMs }) => receivedMs),
  clientid: define(0, 0, (_, { clientId }) => clientId),
  accountid: define(0, 0, (_, { accountId }) => accountId),
  newuuid: define(0, 0, () => randomUUID()),
  encode: define(2, 2, ([value, scheme]) => {
    if (scheme !== 'base64') return undefined;
    return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value ?? null)).toString('base64');
  }),
  decode: ofText((text, scheme) => (scheme === 'base64' ? Buffer.from(text!, 'base64').toString() : undefined), 2),
  // Types.
  cast: define(2, 2, ([value]) => value),
  isnull: define(1, 1, ([value]) => value === null),
  isundefined: define(1, 1, ([value]) => value === undefined),
  nanvl: define(2, 2, ([value, otherwise]) => (toNumber(value) === undefined ? otherwise : value)),
  get: define(2, 2, ([from, key]) => member(from, key)),
  get_or_default: define(3, 3, ([from, key, otherwise]) => member(from, key) ?? otherwise),
  // Text.
  concat: define(1, 100, (args) => {
    if (args.some(Array.isArray)) return args.flat();
    const texts = args.map((one) => (one === undefined ? '' : (toText(one) ?? '')));
    return texts.join('');
  }),
  lower: ofText((text) => text!.toLowerCase()),
  upper: ofText((text) => text!.toUpperCase()),
  length: ofText((text) => Array.from(text!).length),
  numbytes: ofText((text) => Buffer.byteLength(text!)),
  trim: ofText((text) => text!.trim()),
  ltrim: ofText((text) => text!.trimStart()),
  rtrim: ofText((text) => text!.trimEnd()),
  startswith: ofText((text, part) => text!.startsWith(part!), 2),
  endswith: ofText((text, part) => text!.endsWith(part!), 2),
  indexof: ofText((text, part) => text!.indexOf(part!), 2),
  replace: ofText((text, part, by) => text!.replaceAll(part!, by!), 3),
  substring: ofText((text, from, to) => text!.slice(Number(from), to === undefined ? undefined : Number(to)), 2, 3),
  regexp_matches: ofText((text, pattern) => new RegExp(pattern!).test(text!), 2),
  regexp_replace: ofText((text, pattern, by) => text!.replace(new RegExp(pattern!, 'g'), by!), 3),
  regexp_substr: ofText((text, pattern) => new RegExp(pattern!).exec(text!)?.[0], 2),
  md5: hash('md5'),
  sha1: hash('sha1'),
  sha256: hash('sha256'),
  // Numbers.
  abs: ofNumber(Math.abs),
  ceil: ofNumber(Math.ceil),
  floor: ofNumber(Math.floor),
  round: ofNumber(Math.round),
  sign: ofNumber(Math.sign),
  sqrt: ofNumber(Math.sqrt),
  exp: ofNumber(Math.exp),
  ln: ofNumber(Math.log),
  log: ofNumber(Math.log10),
  mod: ofTwoNumbers((x, y) => x % y),
  power: ofTwoNumbers((x, y) => x ** y),
  remainder: ofTwoNumbers((x, y) => x % y),
  trunc: ofTwoNumbers((x, places) => Math.trunc(x * 10 ** places) / 10 ** places),
};

/** @throws what `problem` makes, unless there is such a function and it takes so many arguments */
export function assertCallable(name: string, count: number, problem: (message: string) => Error): void {
  const found = FUNCTIONS[name];
  if (!found) {
    throw problem(`the twin does not know the function ${name}; it knows ${Object.keys(FUNCTIONS).sort().join(', ')}`);
  }
  const [least, most] = found.args;
  if (count < least || count > most) {
    throw problem(`${name} takes ${least === most ? least : `${least} to ${most}`} arguments, got ${count}`);
  }
}

export function callFunction(name: string, args: readonly Value[], message: Message): Value {
  if (name === 'cast') return cast(args[0], args[1]);
  return FUNCTIONS[name]?.call(args, message);
}

export function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export function toText(value: Value): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function member(from: Value, key: Value): Value {
  if (typeof from !== 'object' || from === null) return undefined;
  if (Array.isArray(from)) return typeof key === 'number' ? from[key] : undefined;
  const members = from as { readonly [name: string]: Value };
  return typeof key === 'string' && Object.hasOwn(members, key) ? members[key] : undefined;
}

/** `cast(value AS type)`; the type comes as text. */
function cast(value: Value, type: Value): Value {
  switch ((toText(type) ?? '').toLowerCase()) {
    case 'string':
    case 'nvarchar':
    case 'text':
    case 'varchar':
      return toText(value);
    case 'int':
    case 'integer': {
      const number = toNumber(value);
      return number === undefined ? undefined : Math.round(number);
    }
    case 'decimal':
    case 'number':
      return toNumber(value);
    case 'boolean':
      return toBoolean(value);
    default:
      return undefined;
  }
}

export function toBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const lower = value.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

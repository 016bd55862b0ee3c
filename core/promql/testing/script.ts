import { UserError } from '../../user-error.ts';
import { parseDuration } from '../durations.ts';
import { parseNumber } from '../parse-duration.ts';
import { unquote } from '../strings.ts';
import { type NotedSeries, parseSeries } from './series-notation.ts';

/** A test script of Prometheus (`promqltest`), read: what to load, what to evaluate, what to expect. */

export interface Load {
  readonly kind: 'load';
  readonly stepMs: number;
  readonly series: readonly NotedSeries[];
  /** Also load the native histograms that classic series say the same as. */
  readonly withCustomHistograms: boolean;
}

/** What an evaluation has to tell: nothing of that kind, something, or this. */
export type Told =
  | { readonly kind: 'none' | 'some' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'match'; readonly regex: RegExp };

export interface Evaluation {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Undefined: an instant query. */
  readonly stepMs: number | undefined;
  readonly series: readonly NotedSeries[];
  readonly scalar: number | undefined;
  readonly text: string | undefined;
  readonly ordered: boolean;
  readonly fail: Told | undefined;
  readonly warn: readonly Told[];
  readonly info: readonly Told[];
  /** The times of an expected range vector. */
  readonly matrix: { readonly startMs: number; readonly stepMs: number } | undefined;
}

export type Command = Load | Evaluation | { readonly kind: 'clear' };

/**
 * Reads a script.
 * @throws UserError with the line of the first thing it does not understand
 */
export function parseScript(text: string, fileName: string): Command[] {
  const lines = text.split('\n').map((line) => (line.trimStart().startsWith('#') ? '' : line.trim()));
  const commands: Command[] = [];
  let i = 0;
  /** Lines up to the next empty one; a comment is one. */
  const block = (): { text: string; line: number }[] => {
    const found: { text: string; line: number }[] = [];
    for (i += 1; i < lines.length && lines[i] !== ''; i += 1) {
      found.push({ text: lines[i] as string, line: i + 1 });
    }
    return found;
  };
  while (i < lines.length) {
    const line = lines[i] as string;
    try {
      if (line === '') i += 1;
      else if (line === 'clear') {
        commands.push({ kind: 'clear' });
        i += 1;
      } else if (line.startsWith('load')) commands.push(load(line, block()));
      else if (line.startsWith('eval')) {
        const start = i + 1;
        commands.push(evaluation(line, start, block()));
      } else throw new Error(`unknown command ${line.split(' ')[0]}: known are load, load_with_nhcb, clear, eval`);
    } catch (error) {
      throw new UserError(`${fileName}: line ${i + 1}: ${(error as Error).message}`);
    }
  }
  return commands;
}

function load(line: string, block: readonly { text: string }[]): Load {
  const match = /^load(_with_nhcb)?\s+(\S+)$/.exec(line);
  const stepMs = parseDuration(match?.[2] ?? '');
  if (!match || stepMs === undefined) throw new Error(`${line}: write load 5m`);
  return {
    kind: 'load',
    stepMs,
    series: block.map(({ text }) => parseSeries(text)),
    withCustomHistograms: match[1] !== undefined,
  };
}

function time(text: string): number {
  const ms = parseDuration(text) ?? 1000 * parseNumber(text);
  if (Number.isNaN(ms)) throw new Error(`${text} is no time: write 5m or seconds`);
  return ms;
}

const EVAL =
  /^eval(?:_(fail|warn|info|ordered))?\s+(?:instant\s+(?:at\s+(\S+))?|range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+))\s+([\s\S]*)$/;

function evaluation(line: string, number: number, block: readonly { text: string }[]): Evaluation {
  const match = EVAL.exec(line);
  if (!match) throw new Error(`${line}: write eval instant at 5m EXPRESSION`);
  const [, mode, at, from, to, step, query = ''] = match;
  const startMs = time(from ?? at ?? '0');
  const expectations = block
    .filter(({ text }) => /^expect\s/.test(text))
    .map(({ text }) => text.replace(/^expect\s+/, ''));
  const results = block.filter(({ text }) => !/^expect\s/.test(text)).map(({ text }) => text);
  const only = results.length === 1 ? (results[0] as string) : '';
  const isScalar = /^[+-]?(?:inf|nan|[\d.][\w.+-]*)$/i.test(only);
  const told = (kind: string): Told[] => expectations.flatMap((text) => toldOf(text, kind));
  const range = expectations.map((text) => /^range vector from (\S+) to (\S+) step (\S+)$/.exec(text)).find(Boolean);
  const text = expectations.map((item) => /^string\s+(.*)$/.exec(item)?.[1]).find((item) => item !== undefined);
  const implied: Told[] = [{ kind: 'some' }];
  return {
    kind: 'eval',
    line: number,
    query: query.trim(),
    startMs,
    endMs: to === undefined ? startMs : time(to),
    stepMs: step === undefined ? undefined : time(step),
    series: isScalar ? [] : results.map(parseSeries),
    scalar: isScalar ? parseNumber(only) : undefined,
    text: text === undefined ? undefined : unquote(text),
    ordered: mode === 'ordered' || expectations.includes('ordered'),
    fail: mode === 'fail' ? { kind: 'some' } : told('fail')[0],
    warn: mode === 'warn' ? implied : told('warn'),
    info: mode === 'info' ? implied : told('info'),
    matrix: range ? { startMs: time(range[1] ?? ''), stepMs: time(range[3] ?? '') } : undefined,
  };
}

function toldOf(text: string, kind: string): Told[] {
  if (text === `no_${kind}`) return [{ kind: 'none' }];
  const match = new RegExp(`^${kind}(?:\\s+(msg|regex):\\s*(.*))?$`).exec(text);
  if (!match) return [];
  const [, how, wanted = ''] = match;
  if (how === undefined) return [{ kind: 'some' }];
  return [how === 'msg' ? { kind: 'text', text: wanted.trim() } : { kind: 'match', regex: new RegExp(wanted) }];
}

import { exponentText, fixedText } from './round.ts';
import { goExponent, print, printNumber, type TemplateValue } from './values.ts';

/** Go's `fmt.Sprintf` for what templates have: texts, numbers, booleans, lists. */
export function sprintf(format: string, args: readonly TemplateValue[]): string {
  let next = 0;
  const text = format.replace(
    /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z%])/g,
    (all, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      const wide = width === '*' ? Number(args[next++]) : Number(width ?? 0);
      const hasPrecision = /\./.test(all);
      const precise = precision === '*' ? Number(args[next++]) : hasPrecision ? Number(precision ?? 0) : undefined;
      if (next >= args.length) return `%!${verb}(MISSING)`;
      const value = args[next++];
      return pad(formatVerb(verb, flags, precise, value), wide, flags);
    },
  );
  if (next >= args.length) return text;
  return `${text}%!(EXTRA ${args
    .slice(next)
    .map((value) => `${typeName(value)}=${print(value)}`)
    .join(', ')})`;
}

/** No text for people is padded further. */
const WIDEST = 10_000;

function pad(text: string, width: number, flags: string): string {
  if (width > WIDEST) throw new Error(`a width of ${width} is too large: ${WIDEST} at most`);
  if (text.length >= width) return text;
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0')) return text.padStart(width);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

function formatVerb(verb: string, flags: string, precision: number | undefined, value: TemplateValue): string {
  const signed = (text: string, n: number): string => (flags.includes('+') && n >= 0 ? `+${text}` : text);
  const wrong = `%!${verb}(${typeName(value)}=${print(value)})`;
  if ('feEgG'.includes(verb)) {
    if (typeof value !== 'number') return wrong;
    if (!Number.isFinite(value)) return signed(printNumber(value).replace('+', ''), value);
    return signed(formatFloat(verb, value, precision), value);
  }
  if (verb === 'd') return typeof value === 'number' && Number.isInteger(value) ? signed(String(value), value) : wrong;
  if (verb === 'x' || verb === 'X') {
    const hex = typeof value === 'number' ? Math.trunc(value).toString(16) : hexOf(print(value));
    return verb === 'X' ? hex.toUpperCase() : hex;
  }
  if (verb === 's' || verb === 'v') {
    if (verb === 's' && typeof value === 'number') return wrong;
    const text = print(value);
    return precision === undefined || typeof value !== 'string' ? text : text.slice(0, precision);
  }
  if (verb === 'q') return JSON.stringify(print(value));
  if (verb === 't') return typeof value === 'boolean' ? String(value) : wrong;
  if (verb === 'T') return typeName(value);
  return wrong;
}

function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function formatFloat(verb: string, value: number, precision: number | undefined): string {
  if (verb === 'f') return fixed(value, precision ?? 6);
  if (verb === 'e' || verb === 'E') {
    const text = goExponent(exponentText(value, precision ?? 6));
    return verb === 'E' ? text.toUpperCase() : text;
  }
  if (precision === undefined) return printNumber(value);
  const digits = Math.max(precision, 1);
  const rounded = exponentText(value, digits - 1);
  const exponent = value === 0 ? 0 : Number(rounded.slice(rounded.indexOf('e') + 1));
  if (exponent < -4 || exponent >= digits) {
    return goExponent(rounded.replace(/(\.\d*?)0+e/, '$1e').replace('.e', 'e'));
  }
  return String(Number(rounded));
}

/** `toFixed` gives an exponent from 1e21 on; Go does not. */
function fixed(value: number, precision: number): string {
  if (Math.abs(value) < 1e21) return fixedText(value, precision);
  return BigInt(value).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '');
}

function typeName(value: TemplateValue): string {
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : value === null || value === undefined ? '<nil>' : 'value';
}

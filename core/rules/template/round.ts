/**
 * Decimal texts of numbers as Go writes them: a value exactly between two texts goes to the even one, where JavaScript
 * goes away from zero (`2.5` without decimals is `2` in Go).
 */

/** JavaScript writes at most so many decimals. Doubles that are a tie at all end long before. */
const MOST_DECIMALS = 100;

export function fixedText(value: number, decimals: number): string {
  return even(value, decimals, (number, count) => number.toFixed(count));
}

export function exponentText(value: number, decimals: number): string {
  return even(value, decimals, (number, count) => number.toExponential(count));
}

function even(value: number, decimals: number, write: (value: number, decimals: number) => string): string {
  const rounded = write(value, decimals);
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^(-?)(\d+)(?:\.(\d+))?(e[+-]\d+)?$/.exec(write(value, Math.min(MOST_DECIMALS, decimals + 50))) ?? [];
  if (!/^50*$/.test(fraction.slice(decimals))) return rounded;
  const digits = whole + fraction.slice(0, decimals);
  if (!/[02468]$/.test(digits)) return rounded;
  return `${sign}${whole}${decimals > 0 ? `.${fraction.slice(0, decimals)}` : ''}${exponent}`;
}

/** Numbers as people read them, by Grafana's unit ids. */

const TIME = [
  [86400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [0, 'ns', 1e-9],
];
const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const SHORT = ['', 'K', 'M', 'B', 'T'];

/**
 * `{text: '12.3', suffix: 'ms'}` of a value in a unit: `s`, `bytes`, `Bps`, `percentunit`, `hertz`, `reqps`, `short`,
 * `suffix: word`. Without `decimals`, three significant digits.
 */
export function formatParts(value, unit = 'short', decimals) {
  if (value === null || value === undefined || !Number.isFinite(value)) return { text: '–', suffix: '' };
  if (unit === 'percentunit') return { text: digits(value * 100, decimals), suffix: '%' };
  if (unit === 's') return seconds(value, decimals);
  if (unit === 'bytes') return scaled(value, 1024, BYTES, decimals);
  if (unit === 'Bps') {
    const { text, suffix } = scaled(value, 1024, BYTES, decimals);
    return { text, suffix: `${suffix}/s` };
  }
  const { text, suffix } =
    Math.abs(value) >= 10_000 ? scaled(value, 1000, SHORT, decimals) : { text: digits(value, decimals), suffix: '' };
  return { text: `${text}${suffix}`, suffix: word(unit) };
}

/** The same as one text. A symbol stands close to its number, a word apart. */
export function format(value, unit, decimals) {
  const { text, suffix } = formatParts(value, unit, decimals);
  if (!suffix) return text;
  return suffix === '%' ? `${text}%` : `${text} ${suffix}`;
}

function word(unit) {
  if (unit === 'hertz') return 'Hz';
  if (unit === 'reqps') return 'req/s';
  return unit.startsWith('suffix:') ? unit.slice('suffix:'.length).trim() : '';
}

function seconds(value, decimals) {
  if (value === 0) return { text: '0', suffix: 's' };
  const [size, suffix, factor] = TIME.find(([limit]) => Math.abs(value) >= limit);
  return { text: digits(value / (factor ?? size), decimals), suffix };
}

function scaled(value, base, names, decimals) {
  let scale = 0;
  let rest = value;
  while (Math.abs(rest) >= base && scale < names.length - 1) {
    rest /= base;
    scale += 1;
  }
  return { text: digits(rest, scale === 0 && Number.isInteger(rest) ? 0 : decimals), suffix: names[scale] };
}

function digits(value, decimals) {
  if (decimals !== undefined) return value.toFixed(decimals);
  if (Number.isInteger(value)) return String(value);
  const places = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const text = value.toFixed(Math.min(places, 6));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

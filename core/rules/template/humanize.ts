import { sprintf } from './printf.ts';
import { printNumber } from './values.ts';

/** Prometheus' formats for people. All take numbers or texts of numbers. */

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

/** `1234567` is `1.235M`, `0.0042` is `4.2m`. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return general(value);
  let rest = value;
  let prefix = '';
  if (Math.abs(value) >= 1) {
    for (const unit of LARGE) {
      if (Math.abs(rest) < 1000) break;
      prefix = unit;
      rest /= 1000;
    }
  } else {
    for (const unit of SMALL) {
      if (Math.abs(rest) >= 1) break;
      prefix = unit;
      rest *= 1000;
    }
  }
  return general(rest) + prefix;
}

/** `1048576` is `1Mi`. */
export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return general(value);
  let rest = value;
  let prefix = '';
  for (const unit of BINARY) {
    if (Math.abs(rest) < 1024) break;
    prefix = unit;
    rest /= 1024;
  }
  return general(rest) + prefix;
}

/** Seconds: `3725` is `1h 2m 5s`, `0.0042` is `4.2ms`. */
export function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return general(seconds);
  if (seconds === 0) return '0s';
  if (Math.abs(seconds) >= 1) {
    const sign = seconds < 0 ? '-' : '';
    const total = Math.trunc(Math.abs(seconds));
    const [s, m, h, d] = [
      total % 60,
      Math.floor(total / 60) % 60,
      Math.floor(total / 3600) % 24,
      Math.floor(total / 86_400),
    ];
    if (d > 0) return `${sign}${d}d ${h}h ${m}m ${s}s`;
    if (h > 0) return `${sign}${h}h ${m}m ${s}s`;
    if (m > 0) return `${sign}${m}m ${s}s`;
    return `${general(seconds)}s`;
  }
  let rest = seconds;
  let prefix = '';
  for (const unit of SMALL) {
    if (Math.abs(rest) >= 1) break;
    prefix = unit;
    rest *= 1000;
  }
  return `${general(rest)}${prefix}s`;
}

/** A ratio: `0.987654` is `98.77%`. */
export function humanizePercentage(ratio: number): string {
  return `${general(ratio * 100)}%`;
}

/** Four digits, as `%.4g`. */
function general(value: number): string {
  return Number.isFinite(value) ? sprintf('%.4g', [value]) : printNumber(value);
}

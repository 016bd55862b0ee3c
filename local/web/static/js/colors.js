/** Colours by the names that dashboards use. The values live in base.css, one set a theme. */
const NAMED = ['green', 'orange', 'yellow', 'red', 'blue', 'purple', 'text', 'muted', 'line', 'surface', 'accent'];
const FILLS = ['green', 'orange', 'red'];
const SERIES = 10;

let theme = read();

function read() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    named: Object.fromEntries(NAMED.map((name) => [name, value(name)])),
    fills: Object.fromEntries(FILLS.map((name) => [name, resolve(value, `${name}-fill`)])),
    series: Array.from({ length: SERIES }, (_, i) => value(`series-${i + 1}`)),
  };
}

/** A variable that stands for another one, as `var(--other)`. */
function resolve(value, name) {
  const [, other] = /^var\(--([\w-]+)\)$/.exec(value(name)) ?? [];
  return other ? value(other) : value(name);
}

/** Calls back when the person's colour scheme changes, with the new colours in force. */
export function onThemeChange(callback) {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const listener = () => {
    theme = read();
    callback();
  };
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** A named colour (`dark-green` counts as green) or any CSS colour as it is. */
export function color(name) {
  return theme.named[name] ?? theme.named[name?.split('-').at(-1)] ?? name ?? theme.named.text;
}

/** The same for areas and arcs, brighter where the theme has it so. */
export function fillColor(name) {
  return theme.fills[name?.split('-').at(-1)] ?? color(name);
}

export function seriesColor(index) {
  return theme.series[index % SERIES];
}

/** The colour with an opacity of 0 to 1. Theme colours are written `#rrggbb`. */
export function fade(hex, opacity) {
  return `${hex}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

/** The colour of the highest step that the value reaches. */
export function thresholdColor(steps, value, paint = color) {
  let found;
  for (const step of steps ?? [])
    if (step.value === null || step.value === undefined || value >= step.value) found = step;
  return found && paint(found.color);
}

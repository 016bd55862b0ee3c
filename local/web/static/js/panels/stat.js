import { color, thresholdColor } from '../colors.js';
import { fill, h } from '../dom.js';
import { mapped, toValues } from '../frames.js';
import { formatParts } from '../units.js';

const WIDTH = 200;
const HEIGHT = 48;

/** The newest value in large, its recent course behind it. */
export function statPanel(panel) {
  const element = h('div', { class: 'stats' });
  const withNames = panel.options?.textMode === 'value_and_name';
  return {
    element,
    update(answers) {
      const found = toValues(panel, answers).filter(({ value }) => value !== null);
      const values = found.length > 0 ? found : placeholder(panel);
      fill(
        element,
        values.map((entry) => oneStat(entry, withNames || values.length > 1, panel.options?.graphMode)),
      );
      element.dataset.count = String(Math.min(values.length, 6));
      return values.length > 0;
    },
  };
}

/** A panel whose text for missing data is a number shows it as its value: no alerts are zero alerts. */
function placeholder(panel) {
  const { noValue } = panel.fieldConfig.defaults;
  const value = noValue === undefined ? Number.NaN : Number(noValue);
  return Number.isFinite(value) ? [{ name: '', settings: panel.fieldConfig.defaults, value, points: [] }] : [];
}

function oneStat({ name, settings, value, points }, withName, graphMode) {
  const paint = thresholdColor(settings.thresholds?.steps, value) ?? color('text');
  const words = mapped(settings, value);
  const { text, suffix } = words
    ? { text: words.text, suffix: '' }
    : formatParts(value, settings.unit, settings.decimals);
  return h(
    'div',
    // How wide the text is, in digits: the unit is set in half the size.
    { class: 'stat', style: { '--paint': paint, '--digits': String(text.length + suffix.length * 0.55 + 0.5) } },
    withName && h('div', { class: 'stat-name' }, name),
    h('div', { class: 'stat-value' }, text, suffix && h('small', {}, suffix)),
    graphMode === 'area' && points.length > 1 && sparkline(points),
  );
}

/** The course of a value as a small area, without axes. */
function sparkline(points) {
  const drawn = points.filter(([, value]) => value !== null);
  const times = drawn.map(([ms]) => ms);
  const values = drawn.map(([, value]) => value);
  const [first, last] = [times[0], times.at(-1)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (ms) => ((ms - first) / (last - first || 1)) * WIDTH;
  const y = (value) => HEIGHT - 3 - (high > low ? (value - low) / (high - low) : 0.5) * (HEIGHT - 8);
  const line = drawn.map(([ms, value], i) => `${i ? 'L' : 'M'}${x(ms).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  return h(
    'svg',
    { class: 'sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    h('path', { d: `${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`, class: 'area' }),
    h('path', { d: line, class: 'line' }),
  );
}

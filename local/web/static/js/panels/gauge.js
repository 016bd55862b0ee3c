import { color, fillColor, thresholdColor } from '../colors.js';
import { fill, h } from '../dom.js';
import { toValues } from '../frames.js';
import { format, formatParts } from '../units.js';

/** The arc runs clockwise over 240 degrees, its opening below. Angles in degrees, 0 pointing up. */
const START = -120;
const SWEEP = 240;
const CENTER = 100;

/** The newest value on an arc between the panel's limits. */
export function gaugePanel(panel) {
  const element = h('div', { class: 'gauges' });
  return {
    element,
    update(answers) {
      const values = toValues(panel, answers).filter(({ value }) => value !== null);
      fill(
        element,
        values.map((entry) => oneGauge(panel, entry)),
      );
      return values.length > 0;
    },
  };
}

function oneGauge(panel, { settings, value }) {
  const { min = 0, max = 1, unit, decimals, thresholds } = settings;
  const share = (at) => Math.min(1, Math.max(0, (at - min) / (max - min || 1)));
  const ink = thresholdColor(thresholds?.steps, value) ?? color('accent');
  const paint = thresholdColor(thresholds?.steps, value, fillColor) ?? color('accent');
  const { text, suffix } = formatParts(value, unit, decimals);
  const steps = thresholds?.steps ?? [];
  const label = `${panel.title}: ${format(value, unit, decimals)}`;
  return h(
    'svg',
    { class: 'gauge', viewBox: '0 0 200 158', role: 'img', 'aria-label': label },
    h('path', { class: 'gauge-track', d: arc(74, 0, 1) }),
    share(value) > 0.003 && h('path', { class: 'gauge-value', d: arc(74, 0, share(value)), stroke: paint }),
    steps.map((step, i) =>
      h('path', {
        class: 'gauge-threshold',
        d: arc(90, step.value === null ? 0 : share(step.value), i + 1 < steps.length ? share(steps[i + 1].value) : 1),
        stroke: fillColor(step.color),
      }),
    ),
    h('text', { class: 'gauge-text', x: CENTER, y: 112, fill: ink }, `${text}${suffix === '%' ? '%' : ''}`),
    suffix !== '%' && h('text', { class: 'gauge-suffix', x: CENTER, y: 134 }, suffix),
  );
}

function arc(radius, from, to) {
  const [x1, y1] = point(radius, START + SWEEP * from);
  const [x2, y2] = point(radius, START + SWEEP * to);
  const large = SWEEP * (to - from) > 180 ? 1 : 0;
  return `M${x1} ${y1}A${radius} ${radius} 0 ${large} 1 ${x2} ${y2}`;
}

function point(radius, degrees) {
  const angle = (degrees * Math.PI) / 180;
  return [(CENTER + radius * Math.sin(angle)).toFixed(2), (CENTER - radius * Math.cos(angle)).toFixed(2)];
}

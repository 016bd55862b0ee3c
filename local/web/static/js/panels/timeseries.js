import uPlot from '/vendor/uPlot.esm.js';
import { align, stack } from '../align.js';
import { color, fade, fillColor, seriesColor } from '../colors.js';
import { fill, h } from '../dom.js';
import { toSeries } from '../frames.js';
import { format } from '../units.js';

const FONT = '11px system-ui, sans-serif';
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const CLOCK_SECONDS = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const LABEL_WIDTH = 6.4;
/** Distances of grid lines: whole numbers for counts, powers of two for bytes. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000];
const BINARY = Array.from({ length: 50 }, (_, i) => 2 ** i);

/** Lines over time: a uPlot chart, a legend with the newest values, a tooltip shared over the dashboard. */
export function timeseriesPanel(panel, { syncKey }) {
  const defaults = panel.fieldConfig.defaults;
  const custom = defaults.custom ?? {};
  const stacked = custom.stacking?.mode === 'normal';
  const calcs = panel.options?.legend?.calcs ?? [];
  const chartBox = h('div', { class: 'chart' });
  const tooltip = h('div', { class: 'tooltip', hidden: true });
  const legend = h('ul', { class: 'legend' });
  const body = h('div', { class: 'timeseries' }, chartBox, legend, tooltip);
  const hiddenNames = new Set();
  let chart;
  let shape = '';
  let shown = [];
  let raw = [[]];
  let range = { fromMs: 0, toMs: 1 };

  const resize = new ResizeObserver(() => chart?.setSize(size()));
  resize.observe(chartBox);

  function size() {
    return { width: Math.max(50, chartBox.clientWidth), height: Math.max(60, chartBox.clientHeight) };
  }

  function update(answers, view) {
    range = view;
    shown = toSeries(panel, answers).filter(({ points }) => points.length > 0);
    for (const [i, series] of shown.entries()) {
      series.color = series.settings.color?.fixedColor ? fillColor(series.settings.color.fixedColor) : seriesColor(i);
    }
    const visible = shown.filter(({ name }) => !hiddenNames.has(name));
    raw = align(visible, typeof custom.spanNulls === 'number' ? custom.spanNulls : undefined);
    const data = stacked ? stack(raw) : raw;
    const newShape = JSON.stringify(visible.map(({ name, color: c }) => [name, c]));
    if (!chart || newShape !== shape) {
      chart?.destroy();
      shape = newShape;
      chart = new uPlot(options(visible), data, chartBox);
    } else chart.setData(data);
    drawLegend();
    return shown.length > 0;
  }

  function options(visible) {
    return {
      ...size(),
      legend: { show: false },
      // Half of a time's text stands right of its grid line.
      padding: [10, 24, 0, 0],
      cursor: {
        sync: { key: syncKey },
        drag: { x: false, y: false },
        points: { size: 7, width: 2, fill: () => color('surface') },
      },
      scales: {
        x: { time: true, range: () => [range.fromMs / 1000, range.toMs / 1000] },
        y: { range: (_, low, high) => yRange(low, high) },
      },
      axes: [
        axis({ space: 64, values: (_, splits) => splits.map(clock), size: 26 }),
        axis({ values: yValues, size: yRoom, space: 34, ...yGrid() }),
      ],
      series: [{}, ...visible.map((series) => line(series, visible))],
      // The upper edge of each area is drawn down to the series below it, the lowest down to zero.
      bands: stacked ? visible.slice(1).map((_, i) => ({ series: [i + 2, i + 1] })) : [],
      hooks: { draw: [drawThresholds], setCursor: [showTooltip] },
    };
  }

  function axis(extra) {
    return {
      stroke: () => color('muted'),
      font: FONT,
      grid: { stroke: () => fade(color('line'), 0.6), width: 1 },
      ticks: { show: false },
      gap: 6,
      ...extra,
    };
  }

  function line(series, visible) {
    return {
      label: series.name,
      stroke: series.color,
      width: custom.lineWidth ?? 2,
      // Many areas over each other would be but a haze.
      fill: (u) => gradient(u, series.color, (custom.fillOpacity ?? 0) / 100 / (stacked ? 1 : visible.length)),
      paths: custom.lineInterpolation === 'stepAfter' ? uPlot.paths.stepped({ align: 1 }) : uPlot.paths.linear(),
      points: { show: (u, i) => u.data[i].filter((value) => value != null).length === 1, size: 6, fill: series.color },
    };
  }

  function gradient(u, hex, opacity) {
    if (stacked) return fade(hex, opacity);
    const paint = u.ctx.createLinearGradient(0, u.bbox.top, 0, u.bbox.top + u.bbox.height);
    paint.addColorStop(0, fade(hex, Math.min(1, opacity * 2.2)));
    paint.addColorStop(1, fade(hex, 0));
    return paint;
  }

  function yRange(low, high) {
    const top = Math.max(high ?? 0, low ?? 0);
    const bottom = Math.min(low ?? 0, high ?? 0);
    // A rate that is steady to the third digit is drawn as a steady line.
    const room = Math.max((top - bottom) * 0.12, Math.max(Math.abs(top), Math.abs(bottom)) * 0.01) || 0.12;
    const min = defaults.min ?? bottom - room;
    // A share that stays below its limit is drawn up to the limit: 0 to 100 %.
    const max = defaults.max !== undefined ? Math.max(defaults.max, top) : Math.max(top + room, min + 1e-9);
    return [min, max];
  }

  /** A word beside every number would take the chart's room: the legend has it. */
  function yValues(_, splits) {
    const unit = /^(suffix:|reqps)/.test(defaults.unit) ? 'short' : defaults.unit;
    let texts = splits.map((value) => format(value, unit));
    // Two lines of the grid never say the same.
    for (let decimals = 1; decimals <= 6 && new Set(texts).size < texts.length; decimals += 1) {
      texts = splits.map((value) => format(value, unit, decimals));
    }
    return texts;
  }

  function yRoom(_, labels) {
    return 14 + LABEL_WIDTH * Math.max(3, ...(labels ?? []).map((label) => label.length));
  }

  function yGrid() {
    if (/^(bytes|Bps)$/.test(defaults.unit)) return { incrs: BINARY };
    return defaults.decimals === 0 ? { incrs: WHOLE } : {};
  }

  function clock(seconds) {
    const whole = range.toMs - range.fromMs > 5 * 60_000;
    return (whole ? CLOCK : CLOCK_SECONDS).format(new Date(seconds * 1000));
  }

  function drawThresholds(u) {
    if (!custom.thresholdsStyle || custom.thresholdsStyle.mode === 'off') return;
    const { ctx, bbox } = u;
    ctx.save();
    ctx.setLineDash([6 * devicePixelRatio, 5 * devicePixelRatio]);
    ctx.lineWidth = devicePixelRatio;
    for (const [i, step] of (defaults.thresholds?.steps ?? []).entries()) {
      if (step.value === null || step.value === undefined) continue;
      const y = u.valToPos(step.value, 'y', true);
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      // Where low is bad a line belongs to the worse side, below it.
      const steps = defaults.thresholds.steps;
      const worse = steps.at(-1).color === 'green' ? steps[i - 1].color : step.color;
      ctx.strokeStyle = fade(fillColor(worse), 0.85);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  }

  function showTooltip(u) {
    const { idx, left, top } = u.cursor;
    const own = u.root.matches(':hover');
    if (idx === null || idx === undefined || left < 0 || !own) {
      tooltip.hidden = true;
      return;
    }
    const rows = shown
      .filter(({ name }) => !hiddenNames.has(name))
      .map((series, i) => ({ ...series, value: nearest(raw[i + 1], idx) }))
      .filter(({ value }) => value !== undefined && value !== null)
      .sort((a, b) => b.value - a.value)
      .slice(0, 12);
    if (rows.length === 0) {
      tooltip.hidden = true;
      return;
    }
    fill(
      tooltip,
      h('div', { class: 'tooltip-time' }, CLOCK_SECONDS.format(new Date(u.data[0][idx] * 1000))),
      rows.map((row) =>
        h(
          'div',
          { class: 'tooltip-row' },
          swatch(row.color),
          h('span', {}, row.name),
          h('b', {}, format(row.value, defaults.unit, defaults.decimals)),
        ),
      ),
    );
    tooltip.hidden = false;
    const room = body.clientWidth - tooltip.offsetWidth;
    const x = left + u.bbox.left / devicePixelRatio;
    tooltip.style.left = `${Math.max(0, x + 14 > room ? x - tooltip.offsetWidth - 14 : x + 14)}px`;
    tooltip.style.top = `${Math.max(0, Math.min(top, body.clientHeight - tooltip.offsetHeight))}px`;
  }

  function drawLegend() {
    fill(
      legend,
      shown.map((series) => {
        const off = hiddenNames.has(series.name);
        return h(
          'li',
          {},
          h(
            'button',
            {
              type: 'button',
              'aria-pressed': String(!off),
              title: off ? 'Show' : 'Hide',
              onclick: () => toggle(series.name),
            },
            swatch(series.color),
            h('span', {}, series.name),
            calcs.map((calc) => [
              CALC_WORDS[calc] && h('small', {}, CALC_WORDS[calc]),
              h('b', {}, format(reduce(series.points, calc), defaults.unit, defaults.decimals)),
            ]),
          ),
        );
      }),
    );
  }

  let lastAnswers;
  function toggle(name) {
    if (hiddenNames.has(name)) hiddenNames.delete(name);
    else hiddenNames.add(name);
    if (lastAnswers) update(lastAnswers, range);
  }

  return {
    element: body,
    update(answers, view) {
      lastAnswers = answers;
      return update(answers, view);
    },
    restyle() {
      shape = '';
      if (lastAnswers) update(lastAnswers, range);
    },
    destroy() {
      resize.disconnect();
      chart?.destroy();
    },
  };
}

const CALC_WORDS = { max: 'max', mean: 'mean', min: 'min' };

function swatch(hex) {
  return h('i', { class: 'swatch', style: { background: hex } });
}

function nearest(column, index) {
  for (let i = index; i >= 0 && i > index - 30; i--) if (column[i] !== undefined) return column[i];
  return undefined;
}

function reduce(points, calc) {
  const values = points.map(([, value]) => value).filter((value) => value !== null);
  if (values.length === 0) return null;
  if (calc === 'max') return Math.max(...values);
  if (calc === 'min') return Math.min(...values);
  if (calc === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.at(-1);
}

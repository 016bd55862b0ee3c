import { fill, h } from '../dom.js';
import { gaugePanel } from './gauge.js';
import { statPanel } from './stat.js';
import { tablePanel } from './table.js';
import { timeseriesPanel } from './timeseries.js';

const KINDS = { timeseries: timeseriesPanel, stat: statPanel, gauge: gaugePanel, table: tablePanel };

/** The frame around a panel: its title, what it means, and what to say when there is nothing to draw. */
export function createPanel(panel, context) {
  const draw = KINDS[panel.type]?.(panel, context);
  const message = h('div', { class: 'panel-message', role: 'status' });
  const about = h('span', { class: 'about-text', role: 'tooltip', id: `about-${panel.id}` }, panel.description);
  const body = h('div', { class: 'panel-body' }, draw?.element, message);
  const { x, y, w, h: rows } = panel.gridPos;
  const element = h(
    'section',
    {
      class: `panel panel-${panel.type}`,
      'data-panel': panel.id,
      'data-state': 'loading',
      'aria-label': panel.title,
      style: { '--x': String(x + 1), '--y': String(y + 1), '--w': String(w), '--h': String(rows) },
    },
    h(
      'header',
      {},
      h('h2', {}, panel.title),
      panel.timeFrom && h('span', { class: 'chip' }, `last ${panel.timeFrom}`),
      h(
        'button',
        {
          class: 'about',
          type: 'button',
          'aria-label': `About ${panel.title}`,
          'aria-describedby': `about-${panel.id}`,
        },
        'i',
      ),
      about,
    ),
    body,
  );

  function say(state, text) {
    element.dataset.state = state;
    fill(message, text ?? '');
  }

  if (!draw) say('error', `Panels of type '${panel.type}' are drawn in Grafana only.`);
  return {
    element,
    panel,
    /** Shows the answers, or the first error among them. */
    update(answers, view) {
      if (!draw) return;
      const failed = answers.find((answer) => answer.error);
      if (failed) return say('error', failed.error);
      const drawn = draw.update(answers, view);
      say(drawn ? 'ready' : 'empty', drawn ? '' : (panel.fieldConfig.defaults.noValue ?? 'No data yet'));
    },
    fail: (error) => say('error', error.message),
    restyle: () => draw?.restyle?.(),
    destroy: () => draw?.destroy?.(),
  };
}

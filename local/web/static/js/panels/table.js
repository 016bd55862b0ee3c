import { color, thresholdColor } from '../colors.js';
import { fill, h } from '../dom.js';
import { mapped, toTable } from '../frames.js';
import { format } from '../units.js';

/** Rows and columns. */
export function tablePanel(panel) {
  const element = h('div', { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': panel.title });
  return {
    element,
    update(answers) {
      const { columns, rows } = toTable(panel, answers);
      if (rows.length === 0) return false;
      const numeric = columns.map((_, i) => rows.every((row) => row[i] === null || typeof row[i] === 'number'));
      const worded = columns.map(({ settings }) => Boolean(settings.mappings));
      const side = (i) => (numeric[i] && !worded[i] ? 'number' : undefined);
      const { scrollTop } = element;
      fill(
        element,
        h(
          'table',
          {},
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              columns.map(({ title }, i) => h('th', { scope: 'col', class: side(i) }, title)),
            ),
          ),
          h(
            'tbody',
            {},
            rows.map((row) =>
              h(
                'tr',
                {},
                row.map((cell, i) => h('td', { class: side(i) }, content(cell, columns[i].settings))),
              ),
            ),
          ),
        ),
      );
      element.scrollTop = scrollTop;
      return true;
    },
  };
}

function content(cell, settings) {
  const words = mapped(settings, cell);
  if (words) return h('span', { class: 'word', style: { '--paint': color(words.color) } }, words.text);
  if (typeof cell !== 'number') return cell ?? '–';
  const text = format(cell, settings.unit, settings.decimals);
  const colored = settings['custom.cellOptions']?.type === 'color-text';
  return colored ? h('span', { style: { color: thresholdColor(settings.thresholds?.steps, cell) } }, text) : text;
}

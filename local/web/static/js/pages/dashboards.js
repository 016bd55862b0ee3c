import { api } from '../api.js';
import { h } from '../dom.js';

/** All dashboards, to choose from. */
export async function dashboardsPage() {
  const list = await api.dashboards();
  return {
    title: 'Dashboards',
    element: h(
      'div',
      { class: 'page' },
      h('h1', {}, 'Dashboards'),
      h(
        'p',
        { class: 'lead' },
        'The same dashboards that are provisioned into Managed Grafana, drawn here from the same definitions.',
      ),
      h('ul', { class: 'cards' }, list.map(dashboardCard)),
    ),
  };
}

export function dashboardCard({ slug, title, description, panels }) {
  return h(
    'li',
    {},
    h(
      'a',
      { class: 'card', href: `/d/${slug}` },
      h('h2', {}, title),
      h('p', {}, description),
      h('span', { class: 'muted' }, `${panels} panels`),
    ),
  );
}

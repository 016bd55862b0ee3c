import { fill, h } from './dom.js';
import { duration } from './time.js';

const LINKS = [
  ['/', 'Overview'],
  ['/dashboards', 'Dashboards'],
  ['/alerts', 'Alerts'],
  ['/inbox', 'Inbox'],
];

/** The bar on top: where one is, what is wrong, live mode. */
export function createHeader(element, { startLive }) {
  const badges = {
    '/alerts': h('span', { class: 'badge red', hidden: true }),
    '/inbox': h('span', { class: 'badge', hidden: true }),
  };
  const links = LINKS.map(([href, text]) => [href, h('a', { href }, text, badges[href])]);
  const liveText = h('span', {}, 'Live');
  const live = h(
    'button',
    { class: 'live', type: 'button', title: 'Data every second for ten minutes', onclick: () => startLive() },
    h('i', {}),
    liveText,
  );
  const environment = h('span', { class: 'environment' });
  const lost = h(
    'div',
    { class: 'lost', role: 'alert', hidden: true },
    'The twin does not answer. It may have been stopped: start it with npm start.',
  );
  fill(
    element,
    h(
      'div',
      { class: 'bar' },
      h(
        'a',
        { href: '/', class: 'brand' },
        h('img', { src: '/static/icon.svg', alt: '', width: 28, height: 28 }),
        h('span', {}, 'NeuraScale ', h('b', {}, 'Monitor')),
      ),
      h(
        'nav',
        { 'aria-label': 'Pages' },
        links.map(([, link]) => link),
      ),
      h('div', { class: 'bar-end' }, environment, live),
    ),
    lost,
  );

  return {
    select(path) {
      for (const [href, link] of links) {
        const here = href === path || (href === '/dashboards' && path.startsWith('/d/'));
        if (here) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
    },
    onStatus(status) {
      const firing = status.alerts.filter(({ state }) => state === 'firing').length;
      setBadge(badges['/alerts'], firing, `${firing} firing`);
      environment.textContent = `${status.environment} · ${status.metricStore}`;
      const left = (status.liveUntilMs ?? 0) - status.nowMs;
      live.classList.toggle('on', left > 0);
      live.setAttribute('aria-pressed', String(left > 0));
      liveText.textContent = left > 0 ? `Live · ${duration(left)}` : 'Live';
    },
    onInbox: (messages) => setBadge(badges['/inbox'], messages.length, `${messages.length} notifications`),
    connected(yes) {
      lost.hidden = yes;
    },
  };
}

function setBadge(badge, count, label) {
  badge.hidden = count === 0;
  badge.textContent = count > 99 ? '99+' : String(count);
  badge.setAttribute('aria-label', label);
}

import { api } from './api.js';
import { onThemeChange } from './colors.js';
import { fill, h } from './dom.js';
import { createHeader } from './header.js';
import { alertsPage } from './pages/alerts.js';
import { dashboardPage } from './pages/dashboard.js';
import { dashboardsPage } from './pages/dashboards.js';
import { homePage } from './pages/home.js';
import { inboxPage } from './pages/inbox.js';

const STATUS_EVERY_MS = 1000;
const INBOX_EVERY = 2;

/** Address to page. A page is `{title, element, onStatus?, onInbox?, restyle?, destroy?}`. */
const ROUTES = [
  [/^\/$/, homePage],
  [/^\/dashboards$/, dashboardsPage],
  [/^\/d\/([a-z0-9-]+)$/, dashboardPage],
  [/^\/alerts$/, alertsPage],
  [/^\/inbox$/, inboxPage],
];

const main = document.getElementById('main');
const header = createHeader(document.getElementById('header'), { startLive });
let current;
let status;
let inbox;

async function show() {
  current?.destroy?.();
  current = undefined;
  const path = location.pathname;
  const [pattern, make] = ROUTES.find(([route]) => route.test(path)) ?? [];
  header.select(path);
  try {
    const page = make ? await make(...pattern.exec(path).slice(1)) : notFound(path);
    if (location.pathname !== path) return page.destroy?.();
    current = page;
    document.title = `${page.title} · NeuraScale Monitor`;
    fill(main, page.element);
    if (status) page.onStatus?.(status);
    if (inbox) page.onInbox?.(inbox);
  } catch (error) {
    fill(main, notice('This page cannot be shown', error.message));
  }
}

function notFound(path) {
  return { title: 'Not found', element: notice('There is nothing here', `${path} is not a page of the monitor.`) };
}

function notice(title, text) {
  return h(
    'div',
    { class: 'page notice' },
    h('h1', {}, title),
    h('p', {}, text),
    h('a', { href: '/', class: 'button' }, 'Overview'),
  );
}

async function startLive() {
  applyStatus(await api.startLive(600));
}

function applyStatus(next) {
  status = next;
  header.onStatus(next);
  current?.onStatus?.(next);
}

let ticks = 0;
async function poll() {
  if (!document.hidden) {
    try {
      applyStatus(await api.status());
      if (ticks++ % INBOX_EVERY === 0) {
        inbox = await api.inbox();
        header.onInbox(inbox);
        current?.onInbox?.(inbox);
      }
      header.connected(true);
    } catch {
      header.connected(false);
    }
  }
  setTimeout(() => void poll(), STATUS_EVERY_MS);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href^="/"]');
  if (!link || link.target || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  history.pushState(null, '', link.href);
  void show();
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
});
addEventListener('popstate', () => void show());
onThemeChange(() => current?.restyle?.());
void show();
void poll();

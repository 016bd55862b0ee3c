import { api } from '../api.js';
import { fill, h } from '../dom.js';
import { createPanel } from '../panels/panel.js';
import { intervalFor, milliseconds } from '../time.js';

const RANGES = [
  ['5 min', 300_000],
  ['15 min', 900_000],
  ['1 h', 3_600_000],
  ['6 h', 6 * 3_600_000],
  ['24 h', 24 * 3_600_000],
];
const REFRESH_MS = { live: 1000, calm: 5000 };
/** A twin that has just started has its first points in a second or two: nobody should wait five for them. */
const IMPATIENT_MS = 30_000;
/** Queries of a dashboard that run at the same time: the twin's store answers one after the other anyway. */
const AT_ONCE = 4;
const RANGE_KEY = 'nsmon.range';

/** One dashboard: its panels on its grid, asked again every five seconds, every second in live mode. */
export async function dashboardPage(slug) {
  const json = await api.dashboard(slug);
  // A twin is young: less than what Grafana shows at first, an hour of what is meant to show days.
  const first = (milliseconds(json.time.from.slice('now-'.length)) ?? 0) > 3_600_000 ? 3_600_000 : 300_000;
  let rangeMs = Number(sessionStorage.getItem(`${RANGE_KEY}.${slug}`)) || first;
  const openedAt = Date.now();
  let live = false;
  let thing = '';
  let destroyed = false;
  let timer;

  const panels = json.panels.map((panel) => createPanel(panel, { syncKey: `dashboard-${slug}` }));
  const ranges = h('div', { class: 'segments', role: 'group', 'aria-label': 'Time range' });
  const things = h('label', { class: 'things', hidden: true });
  const element = h(
    'div',
    { class: 'page wide' },
    h(
      'div',
      { class: 'page-head' },
      h('div', {}, h('h1', {}, json.title), h('p', { class: 'lead' }, json.description)),
      h('div', { class: 'controls' }, things, ranges),
    ),
    h(
      'div',
      { class: 'grid' },
      panels.map((panel) => panel.element),
    ),
  );
  drawRanges();

  function drawRanges() {
    fill(
      ranges,
      RANGES.map(([text, ms]) =>
        h('button', { type: 'button', 'aria-pressed': String(ms === rangeMs), onclick: () => setRange(ms) }, text),
      ),
    );
  }

  function setRange(ms) {
    rangeMs = ms;
    sessionStorage.setItem(`${RANGE_KEY}.${slug}`, String(ms));
    drawRanges();
    refreshSoon(0);
  }

  /** What a panel asks for: its own part of the range, in points that it has room for. */
  function viewOf({ panel, element: box }, nowMs) {
    const range = Math.min(milliseconds(panel.timeFrom ?? '') ?? rangeMs, rangeMs);
    const shortest = milliseconds(panel.interval ?? '') ?? 1000;
    const pixels = (box.clientWidth || 400) / 2;
    return {
      fromMs: nowMs - range,
      toMs: nowMs,
      intervalMs: intervalFor(range, pixels, shortest),
      ...(thing ? { thing } : {}),
    };
  }

  async function refresh() {
    const waiting = [...panels];
    const nowMs = Date.now();
    const work = async () => {
      for (let panel = waiting.shift(); panel && !destroyed; panel = waiting.shift()) {
        const view = viewOf(panel, nowMs);
        try {
          const answers = await api.query(slug, panel.panel.id, view);
          if (!destroyed) panel.update(answers, view);
        } catch (error) {
          panel.fail(error);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  function refreshSoon(delayMs) {
    clearTimeout(timer);
    timer = setTimeout(() => void refreshAgainAndAgain(), delayMs);
  }

  async function refreshAgainAndAgain() {
    const startedAt = Date.now();
    if (!document.hidden) await refresh();
    const isWaiting =
      startedAt - openedAt < IMPATIENT_MS && panels.some((panel) => panel.element.dataset.state !== 'ready');
    const every = live || isWaiting ? REFRESH_MS.live : REFRESH_MS.calm;
    if (!destroyed) refreshSoon(Math.max(100, every - (Date.now() - startedAt)));
  }

  function drawThings(names) {
    things.hidden = names.length < 2;
    if (things.dataset.names === names.join()) return;
    things.dataset.names = names.join();
    const choose = h(
      'select',
      { onchange: (event) => chooseThing(event.target.value) },
      h('option', { value: '' }, 'All things'),
      names.map((name) => h('option', { value: name }, name)),
    );
    fill(things, h('span', { class: 'visually-hidden' }, 'Thing'), choose);
  }

  function chooseThing(name) {
    // The name is used as a regular expression, as Grafana uses it.
    thing = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    refreshSoon(0);
  }

  refreshSoon(0);
  return {
    title: json.title,
    element,
    onStatus(status) {
      const wasLive = live;
      live = (status.liveUntilMs ?? 0) > status.nowMs;
      if (live && !wasLive) refreshSoon(0);
      drawThings([...new Set(status.devices.map((device) => device.thing))].sort((a, b) => a.localeCompare(b)));
    },
    restyle: () => {
      for (const panel of panels) panel.restyle();
    },
    destroy() {
      destroyed = true;
      clearTimeout(timer);
      for (const panel of panels) panel.destroy();
    },
  };
}

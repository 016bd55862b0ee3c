import { api } from '../api.js';
import { toCard } from '../cards.js';
import { fill, h } from '../dom.js';
import { ago, clock } from '../time.js';

const CHANNELS = {
  slack: 'Slack',
  email: 'E-mail',
  sms: 'SMS',
  pagerduty: 'PagerDuty',
  opsgenie: 'Opsgenie',
  jsm: 'JSM',
  webhook: 'Webhook',
};
/** What somebody does in the service, and the service tells us: Slack's button, PagerDuty's incident. */
const ANSWERS = { slack: 'Click “Acknowledge” in Slack', pagerduty: 'Acknowledge in PagerDuty' };

/** Notifications as their channels received them, newest first. */
export function inboxPage() {
  const filters = h('div', { class: 'segments', role: 'group', 'aria-label': 'Channel' });
  const feed = h('div', { class: 'feed', 'aria-live': 'polite' });
  const cards = new Map();
  let chosen = 'all';
  let messages = [];

  function draw() {
    const channels = Object.keys(CHANNELS).filter((channel) => messages.some((message) => message.channel === channel));
    fill(
      filters,
      ['all', ...channels].map((channel) => {
        const count =
          channel === 'all' ? messages.length : messages.filter((message) => message.channel === channel).length;
        return h(
          'button',
          { type: 'button', 'aria-pressed': String(channel === chosen), onclick: () => choose(channel) },
          channel === 'all' ? 'All' : (CHANNELS[channel] ?? channel),
          h('small', {}, String(count)),
        );
      }),
    );
    const shown = messages.filter(({ channel }) => chosen === 'all' || channel === chosen).sort((a, b) => b.id - a.id);
    if (shown.length === 0) {
      cards.clear();
      fill(
        feed,
        h(
          'p',
          { class: 'empty' },
          'Nobody has been notified. Notifications arrive here when an alert fires: try ',
          h('code', {}, 'npm start -- --story electrode-detach'),
        ),
      );
      return;
    }
    if (cards.size === 0) fill(feed);
    // Cards that are there stay as they are: a request somebody has unfolded stays unfolded.
    for (const [id, card] of cards) {
      if (shown.some((message) => message.id === id)) continue;
      cards.delete(id);
      card.remove();
    }
    for (const [i, message] of shown.entries()) {
      const version = String(message.edits ?? 0);
      let card = cards.get(message.id);
      if (card?.dataset.version !== version) {
        card?.remove();
        card = drawCard(message);
        card.dataset.version = version;
      }
      cards.set(message.id, card);
      if (feed.children[i] !== card) feed.insertBefore(card, feed.children[i] ?? null);
    }
  }

  function choose(channel) {
    chosen = channel;
    draw();
  }

  draw();
  return {
    title: 'Inbox',
    element: h(
      'div',
      { class: 'page narrow' },
      h(
        'div',
        { class: 'page-head' },
        h(
          'div',
          {},
          h('h1', {}, 'Inbox'),
          h(
            'p',
            { class: 'lead' },
            'What the channels received. Each request is real; only its destination is this machine.',
          ),
        ),
        filters,
      ),
      feed,
    ),
    onInbox(next) {
      messages = next;
      draw();
    },
    onStatus(status) {
      for (const time of feed.querySelectorAll('time')) time.textContent = ago(Number(time.dataset.ms), status.nowMs);
    },
  };
}

/** JSON with its lines, anything else as it came. */
function readable(raw) {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}

/** Whether somebody could acknowledge it in the service it arrived in. */
function answerable({ channel, status, dedupKey, clickValue }) {
  return status === 'trigger' && Boolean((channel === 'pagerduty' && dedupKey) || (channel === 'slack' && clickValue));
}

function drawAnswer({ id, channel }) {
  const outcome = h('span', { class: 'muted', role: 'status' });
  const button = h('button', { type: 'button', class: 'button answer', onclick: () => answer() }, ANSWERS[channel]);
  async function answer() {
    button.disabled = true;
    outcome.textContent = '…';
    try {
      const { status } = await api.acknowledge(id);
      outcome.textContent = status === 200 ? 'Taken: the escalation stops.' : `Refused with ${status}.`;
    } catch (error) {
      outcome.textContent = error.message;
      button.disabled = false;
    }
  }
  return h('p', { class: 'message-answer' }, button, outcome);
}

/** An e-mail as a mail program draws it, in a frame that can do nothing: no script, no form, no address of its own. */
function drawEmail(html) {
  if (!html) return undefined;
  const sandbox = 'allow-popups allow-popups-to-escape-sandbox';
  return h('iframe', { class: 'mail', title: 'The e-mail', sandbox, srcdoc: `<base target="_blank">${html}` });
}

function drawCard(message) {
  const card = toCard(message);
  return h(
    'article',
    { class: `message ${message.channel}`, style: { '--paint': `var(--${card.tone})` } },
    h(
      'header',
      {},
      h('span', { class: 'channel' }, CHANNELS[message.channel] ?? message.channel),
      h('span', { class: 'word' }, card.status),
      message.edits && h('span', { class: 'muted' }, 'changed in place'),
      message.threadTs && h('span', { class: 'muted' }, 'reply in the thread'),
      message.to && message.channel !== 'slack' && h('span', { class: 'muted' }, `to ${message.to}`),
      h(
        'time',
        { 'data-ms': message.at, title: clock(message.at), datetime: new Date(message.at).toISOString() },
        ago(message.at, Date.now()),
      ),
    ),
    h('h2', {}, card.title),
    card.text && !message.html && h('p', { class: 'message-text' }, card.text),
    card.fields.length > 0 &&
      h(
        'dl',
        { class: 'facts' },
        card.fields.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
      ),
    drawEmail(message.html),
    answerable(message) && drawAnswer(message),
    card.links.length > 0 &&
      !message.html &&
      h(
        'p',
        { class: 'message-links' },
        card.links.map(({ title, url, primary }) =>
          h(
            'a',
            {
              class: primary && !answerable(message) ? 'button' : 'button quiet',
              href: url,
              target: '_blank',
              rel: 'noreferrer',
            },
            title,
          ),
        ),
      ),
    h('details', {}, h('summary', {}, 'Request'), h('pre', {}, readable(message.raw))),
  );
}

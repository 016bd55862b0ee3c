async function ask(path, options) {
  const response = await fetch(`/api/${path}`, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `the twin answered ${response.status}`);
  return body;
}

function post(path, body) {
  return ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

export const api = {
  status: () => ask('status'),
  inbox: () => ask('inbox'),
  /** Somebody acknowledges in the service that the message arrived in: `{status}` that the service was answered. */
  acknowledge: (id) => post(`inbox/${id}/acknowledge`, {}),
  dashboards: () => ask('dashboards'),
  dashboard: (slug) => ask(`dashboards/${encodeURIComponent(slug)}`),
  /** All queries of one panel over a view: `[{refId, frame} | {refId, error}]`. */
  query: (dashboard, panel, view) => post('query', { dashboard, panel, ...view }),
  startLive: (seconds) => post('live', { seconds }),
};

import type { Frame, PanelTarget, QueryView, WebPorts } from './ports.ts';

/** What the page asks for, as functions of plain data. An answer other than 200 carries `{error}`. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The answer to one query of a panel: its frame, or why there is none. */
export type TargetAnswer = { readonly refId: string } & ({ readonly frame: Frame } | { readonly error: string });

const LIVE_SECONDS = { min: 1, max: 3600 } as const;

export async function answerApi(ports: WebPorts, method: string, path: string, body: unknown): Promise<ApiAnswer> {
  const [resource, name] = path.replace(/^\/api\//, '').split('/');
  if (method === 'GET' && resource === 'status') return ok(ports.status());
  if (method === 'GET' && resource === 'inbox') return ok(ports.inbox.list());
  if (method === 'POST' && resource === 'inbox') return acknowledgeMessage(ports, path, body);
  if (method === 'GET' && resource === 'dashboards') return name ? oneDashboard(ports, name) : listDashboards(ports);
  if (method === 'POST' && resource === 'query') return queryPanel(ports, body);
  if (method === 'POST' && resource === 'live') return startLive(ports, body);
  return { status: 404, body: { error: `${method} ${path}: there is nothing here` } };
}

/** Somebody acknowledges in the simulated service: `POST /api/inbox/<id>/acknowledge`. */
async function acknowledgeMessage({ inbox }: WebPorts, path: string, body: unknown): Promise<ApiAnswer> {
  const [, id] = /^\/api\/inbox\/(\d+)\/acknowledge$/.exec(path) ?? [];
  if (id === undefined || body === null) return { status: 404, body: { error: `POST ${path}: there is nothing here` } };
  try {
    return ok(await inbox.acknowledge(Number(id)));
  } catch (error) {
    return { status: 409, body: { error: (error as Error).message } };
  }
}

function ok(body: unknown): ApiAnswer {
  return { status: 200, body };
}

function refuse(error: string): ApiAnswer {
  return { status: 400, body: { error } };
}

function listDashboards(ports: WebPorts): ApiAnswer {
  return ok(
    ports.dashboards().map(({ uid, title, slug, json }) => {
      const { description, tags, panels } = json as { description?: string; tags?: string[]; panels?: unknown[] };
      return { uid, title, slug, description, tags, panels: panels?.length ?? 0 };
    }),
  );
}

function oneDashboard(ports: WebPorts, slug: string): ApiAnswer {
  const dashboard = ports.dashboards().find((candidate) => candidate.slug === slug);
  if (!dashboard) return { status: 404, body: { error: `there is no dashboard '${slug}'` } };
  return ok(dashboard.json);
}

/** Only queries that stand in a dashboard are run: the page names the panel, never the query. */
async function queryPanel(ports: WebPorts, body: unknown): Promise<ApiAnswer> {
  const request = body as Partial<QueryView & { dashboard: string; panel: number }> | null;
  const { dashboard: slug, panel: id, fromMs, toMs, intervalMs, thing } = request ?? {};
  if (!isTime(fromMs) || !isTime(toMs) || !isTime(intervalMs) || fromMs >= toMs || intervalMs <= 0) {
    return refuse(`range ${fromMs} to ${toMs} by ${intervalMs}: needs epoch milliseconds, ascending, and an interval`);
  }
  const dashboard = ports.dashboards().find((candidate) => candidate.slug === slug);
  const panels = (dashboard?.json as { panels?: { id: number; targets?: PanelTarget[] }[] } | undefined)?.panels;
  const panel = panels?.find((candidate) => candidate.id === id);
  if (!panel) return refuse(`panel ${id} of dashboard '${slug}': there is no such panel`);
  const view: QueryView = { fromMs, toMs, intervalMs, ...(typeof thing === 'string' && thing ? { thing } : {}) };
  const answers = (panel.targets ?? []).map(async (target): Promise<TargetAnswer> => {
    try {
      return { refId: target.refId, frame: await ports.runQuery(target, view) };
    } catch (error) {
      return { refId: target.refId, error: error instanceof Error ? error.message : String(error) };
    }
  });
  return ok(await Promise.all(answers));
}

async function startLive(ports: WebPorts, body: unknown): Promise<ApiAnswer> {
  const seconds = (body as { seconds?: unknown } | null)?.seconds;
  if (typeof seconds !== 'number' || !(seconds >= LIVE_SECONDS.min && seconds <= LIVE_SECONDS.max)) {
    return refuse(
      `live mode for ${JSON.stringify(seconds)} seconds: must be ${LIVE_SECONDS.min} to ${LIVE_SECONDS.max}`,
    );
  }
  await ports.startLive(seconds);
  return ok(ports.status());
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

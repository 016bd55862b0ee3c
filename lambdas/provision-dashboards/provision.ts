/** A Grafana data source, as its API takes it. */
export interface DataSource {
  readonly uid: string;
  readonly name: string;
  /** Plugin id; installed when the workspace has none. */
  readonly type: string;
  readonly url?: string;
  readonly isDefault: boolean;
  readonly jsonData: Readonly<Record<string, unknown>>;
}

/** What a workspace shall hold. */
export interface Provision {
  readonly workspaceId: string;
  /** Host name of the workspace. */
  readonly endpoint: string;
  /** Display name of the Identity Center group whose members administer Grafana. */
  readonly adminGroup: string;
  readonly folder: { readonly uid: string; readonly title: string };
  readonly dataSources: readonly DataSource[];
  readonly dashboards: readonly DashboardFile[];
}

/** A dashboard's JSON in S3. */
export interface DashboardFile {
  readonly uid: string;
  readonly bucket: string;
  readonly key: string;
}

/** The part of AWS that is needed: who may enter, and a token for Grafana's own API. */
export interface Workspace {
  /** @throws Error when Identity Center has no group of this name */
  admit(workspaceId: string, adminGroup: string): Promise<void>;
  /** Makes a token that lives for minutes, lends it, and deletes it again whatever happens. */
  withToken<T>(workspaceId: string, use: (token: string) => Promise<T>): Promise<T>;
}

/** The part of Grafana's HTTP API that is needed. Each call may be repeated. */
export interface Grafana {
  ensurePlugin(id: string): Promise<void>;
  putDataSource(dataSource: DataSource): Promise<void>;
  putFolder(uid: string, title: string): Promise<void>;
  putDashboard(folderUid: string, dashboard: unknown): Promise<void>;
}

export interface Ports {
  readonly workspace: Workspace;
  readonly grafana: (endpoint: string, token: string) => Grafana;
  readonly read: (file: DashboardFile) => Promise<unknown>;
}

/** Makes a workspace hold the data sources and dashboards, and lets the group in. May be repeated at any point. */
export async function provision(wanted: Provision, { workspace, grafana, read }: Ports): Promise<void> {
  const dashboards = await Promise.all(wanted.dashboards.map(read));
  await workspace.admit(wanted.workspaceId, wanted.adminGroup);
  await workspace.withToken(wanted.workspaceId, async (token) => {
    const api = grafana(wanted.endpoint, token);
    for (const dataSource of wanted.dataSources) {
      await api.ensurePlugin(dataSource.type);
      await api.putDataSource(dataSource);
    }
    await api.putFolder(wanted.folder.uid, wanted.folder.title);
    for (const dashboard of dashboards) await api.putDashboard(wanted.folder.uid, dashboard);
  });
}

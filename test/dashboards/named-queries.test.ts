import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildDashboards } from '../../dashboards/build.ts';
import type { NamedQuery } from '../../dashboards/query.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../dashboards/queries');

async function allQueries(): Promise<{ file: string; query: NamedQuery }[]> {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(
    files.map((file) => import(path.join(FOLDER, file)) as Promise<Record<string, NamedQuery>>),
  );
  return modules.flatMap((module, i) => Object.values(module).map((query) => ({ file: files[i]!, query })));
}

const queries = await allQueries();

describe('named queries', () => {
  test('are found', () => {
    expect(queries.length).toBeGreaterThan(50);
  });

  test('have names of their own', () => {
    const names = queries.map(({ query }) => query.name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  test('tell their series or rows apart by what their legend says', () => {
    for (const { query } of queries) {
      const inLegend = [...query.legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
      if (query.form === 'series') expect([query.name, new Set(inLegend)]).toEqual([query.name, new Set(query.by)]);
      else expect([query.name, inLegend]).toEqual([query.name, []]);
    }
  });

  test('are all asked by a panel', () => {
    const asked = new Set(
      buildDashboards('prometheus', { databaseName: '', datasourceUid: 'x' }).flatMap(({ json }) =>
        (json.panels as unknown as { targets: { expr: string }[] }[]).flatMap(({ targets }) =>
          targets.map(({ expr }) => expr),
        ),
      ),
    );
    expect(queries.filter(({ query }) => !asked.has(query.promql)).map(({ query }) => query.name)).toEqual([]);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { PAGES } from '../../bin/commands/docs.ts';
import { catalogue } from '../../core/metrics/catalogue.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');

describe('the docs', () => {
  test.each(Object.entries(PAGES))('docs/%s is what the code says now (npx nsmon docs)', (name, render) => {
    expect(read(`docs/${name}`)).toBe(render());
  });

  test('every metric is on the page', () => {
    const page = PAGES['metrics.md']?.() ?? '';
    expect(Object.keys(catalogue).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test('every link to a file leads somewhere', () => {
    const pages = [
      'README.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`),
    ];
    const dead = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^https?:/.test(link) && !existsSync(path.resolve(ROOT, path.dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    );
    expect(dead).toEqual([]);
  });

  test('every alert has its section in the runbook, and its rule leads there', () => {
    interface RuleFile {
      groups: { rules: { alert?: string; annotations?: Record<string, string> }[] }[];
    }
    const sections = new Set([...read('docs/runbook.md').matchAll(/^## (.+)$/gm)].map((match) => match[1]));
    const alerts = readdirSync(path.join(ROOT, 'rules/alerts')).flatMap((file) =>
      (parse(read(`rules/alerts/${file}`)) as RuleFile).groups.flatMap(({ rules }) =>
        rules.filter(({ alert }) => alert),
      ),
    );
    expect(alerts.length).toBeGreaterThan(5);
    expect(alerts.filter(({ alert = '' }) => !sections.has(alert)).map(({ alert }) => alert)).toEqual([]);
    // The five of the specification stay as it wrote them, without a link.
    const linked = alerts.filter(({ annotations }) => annotations?.runbook_url);
    for (const { alert = '', annotations } of linked) {
      expect(annotations?.runbook_url).toMatch(new RegExp(`runbook\\.md#${alert.toLowerCase()}$`));
    }
    expect(alerts.length - linked.length).toBeLessThanOrEqual(5);
  });
});

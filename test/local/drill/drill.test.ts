import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseRuleFile } from '../../../core/rules/index.ts';
import { incidents, repairs } from '../../../local/drill/incidents.ts';
import { type DrillRecord, markdown } from '../../../local/drill/record.ts';
import { runbookSection } from '../../../local/drill/runbook.ts';
import { rehearsal } from '../../../local/drill/team.ts';

const RECORD: DrillRecord = {
  seed: 7,
  incident: 'electrode-off',
  summary: 'an electrode came off',
  heldAtMs: Date.UTC(2026, 10, 25, 12),
  timeline: [{ atMs: 3200, what: 'slack: CRITICAL: ElectrodeDetached on lab-1' }],
  pagedMs: 3200,
  acknowledged: { atMs: 41_000, by: 'Ada' },
  attempts: [
    { atMs: 60_000, repair: 'restart it', isRight: false },
    { atMs: 90_500, repair: 're-seat it', isRight: true },
  ],
  resolvedMs: 95_000,
};

describe('the page of a drill', () => {
  test('has the times, what happened, and how to hold it again', () => {
    const page = markdown(RECORD);
    expect(page).toContain('# Incident drill: electrode-off');
    expect(page).toContain('2026-11-25 12:00 UTC');
    expect(page).toContain('npm run drill -- --incident electrode-off --seed 7');
    expect(page).toContain('| time to acknowledge | 41.0 s, by Ada |');
    expect(page).toContain('| time to the right repair | 90.5 s, after 1 wrong |');
    expect(page).toContain('- 3.2 s: slack: CRITICAL: ElectrodeDetached on lab-1');
  });

  test('says "never" of what never happened', () => {
    const { pagedMs: _paged, acknowledged: _acknowledged, resolvedMs: _resolved, ...rest } = RECORD;
    const page = markdown({ ...rest, attempts: [] });
    for (const what of ['the first page', 'acknowledge', 'the right repair', 'resolve']) {
      expect(page).toContain(`| time to ${what} | never |`);
    }
  });
});

describe('the runbook', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8');

  test('has a section for every alert of a drill', () => {
    const groups = parseRuleFile(readFileSync('local/drill/rules/alerts/drill.yaml', 'utf8'), 'drill.yaml');
    const urls = groups.flatMap(({ rules }) =>
      rules.flatMap((rule) => (rule.kind === 'alerting' ? [rule.annotations.runbook_url ?? ''] : [])),
    );
    expect(urls.length).toBeGreaterThanOrEqual(3);
    for (const url of urls) expect(runbookSection(runbook, url)).toMatch(/^## \w+\n[\s\S]*\*\*Do\.\*\*/);
  });

  test('has none for an address that leads nowhere', () => {
    expect(runbookSection(runbook, 'docs/runbook.md#nothing')).toBeUndefined();
    expect(runbookSection(runbook, '')).toBeUndefined();
  });
});

test('every incident has its own name, and a repair that can be chosen', () => {
  expect(new Set(incidents.map(({ name }) => name)).size).toBe(incidents.length);
  for (const { repair } of incidents) expect(repairs).toContain(repair);
  // Chosen by a single digit.
  expect(repairs.length).toBeLessThan(10);
});

test('a rehearsal acknowledges once, errs once, and then mends', () => {
  const right = repairs[0] ?? '';
  const team = rehearsal(right);
  const standing = { isPaged: true, isAcknowledged: false, wrong: [], isRepaired: false };
  expect(team.move({ ...standing, isPaged: false })).toBeUndefined();
  expect(team.move(standing)?.kind).toBe('acknowledge');
  expect(team.move(standing)).toBeUndefined();
  const acknowledged = { ...standing, isAcknowledged: true };
  expect(team.move(acknowledged)).toEqual({ kind: 'repair', repair: repairs[1] });
  expect(team.move({ ...acknowledged, wrong: [repairs[1] ?? ''] })).toEqual({ kind: 'repair', repair: right });
  expect(team.move({ ...acknowledged, isRepaired: true })).toBeUndefined();
});

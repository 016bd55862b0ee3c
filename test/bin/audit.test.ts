import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { exportLines, readExport, type Trail } from '../../bin/audit/trail.ts';
import { command } from '../../bin/commands/audit.ts';
import { nextAnchor } from '../../core/audit/anchor.ts';
import { genesis, headAfter, link } from '../../core/audit/entry.ts';

const event = (reason: string) => ({
  atMs: 1,
  actor: 'Robin',
  action: 'acknowledged',
  subject: 'group g',
  reason,
  detail: {},
});
const entries = link(genesis('02'), [event('one'), event('two'), event('three')]);
const anchor = nextAnchor(undefined, { '02': headAfter(entries[1]!) }, 60_000)!;
const whole: Trail = { chains: { '02': entries }, anchors: [anchor] };

let directory: string;
let printed: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'nsmon-audit-'));
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

function written(lines: readonly string[]): string {
  const file = path.join(directory, 'trail.jsonl');
  writeFileSync(file, lines.join(''));
  return file;
}

describe('an export', () => {
  test('comes back as it was, and is found whole', async () => {
    const file = written([...exportLines(whole)]);
    expect(readExport(file)).toMatchObject({ chains: { '02': entries, '03': [] }, anchors: [anchor] });
    expect(await command.run(['verify', file])).toBe(0);
    expect(printed).toContain('3 entries in 16 chains, 1 anchors');
    expect(printed).toContain('1 entries are younger than any anchor');
    expect(printed).toContain('whole');
  });

  test('that was changed ends with code 1 and the first entry that is wrong', async () => {
    const lines = [...exportLines(whole)].map((line, index) => (index === 1 ? line.replace('Robin', 'Morgan') : line));
    expect(await command.run(['verify', written(lines)])).toBe(1);
    expect(printed).toContain('BROKEN  chain 02, entry 1: its content was changed');
    expect(printed).toContain('Morgan  acknowledged  group g  two');
    expect(printed).not.toContain('whole');
  });

  test('whose end was cut off before an anchor is told by it', async () => {
    const [first, , , last] = [...exportLines(whole)];
    expect(await command.run(['verify', written([first!, last!])])).toBe(1);
    expect(printed).toContain('BROKEN  chain 02, entry 1: entries from here were removed: anchor 0 of 1970');
  });

  test('that is none is refused by line', async () => {
    await expect(command.run(['verify', written(['\n', '{"chain":"77","entry":{}}\n'])])).rejects.toThrow(
      /trail\.jsonl:2 is no line of an export/,
    );
    await expect(command.run(['verify', path.join(directory, 'none')])).rejects.toThrow(/cannot be read \(ENOENT\)/);
    await expect(command.run(['list', '--limit', 'x'])).rejects.toThrow(/--limit is "x"/);
    await expect(command.run(['check'])).rejects.toThrow('audit check: say verify, list or export');
  });
});

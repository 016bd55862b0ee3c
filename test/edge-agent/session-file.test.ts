import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { SessionFile } from '../../edge-agent/session-file.ts';

test('of sessions that are told at once the last holds, also after a restart', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'nsmon-session-'));
  try {
    const file = path.join(directory, 'session.json');
    const sessions = await SessionFile.open(file, { id: 'presumed', phase: 'live', consent: false });
    const ids = Array.from({ length: 20 }, (_, i) => `run-${i}`);
    const problems = await Promise.all(ids.map((id) => sessions.tell({ id, phase: 'live' })));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
    expect(sessions.current()).toMatchObject({ id: 'run-19' });
    const restarted = await SessionFile.open(file, { id: 'presumed', phase: 'none', consent: false });
    expect(restarted.current()).toEqual(sessions.current());
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

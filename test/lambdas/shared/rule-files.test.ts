import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { readEscalation } from '../../../lambdas/shared/rule-files.ts';

test('a receiver that was renamed while its alerts fire: the receiver of the root route takes them', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'rules-'));
  try {
    const routing = 'route: { receiver: everybody }\nreceivers: [{ name: everybody }, { name: team-b }]\n';
    writeFileSync(path.join(directory, 'routing.yaml'), routing);
    const escalation = 'policies: [{ name: all, levels: [{ channels: [slack] }] }]\nreceivers: { everybody: all }\n';
    writeFileSync(path.join(directory, 'escalation.yaml'), escalation);
    const { policyOf } = readEscalation(directory, '.');
    expect(policyOf('team-a')).toMatchObject({ name: 'all', levels: [{ channels: ['slack'] }] });
    expect(policyOf('team-b')).toMatchObject({ levels: [], integrations: [] });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

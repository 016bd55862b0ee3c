import { stringify } from 'yaml';
import type { Slo } from './model.ts';
import { renderAlerts, renderRecordings } from './render.ts';

const HEADER = '# Generated from slos.yaml by `npx nsmon slo render`: edit that file, not this one.\n';

/** The rule files that objectives become, by their path below the directory of rules. */
export function sloFiles(slos: readonly Slo[]): ReadonlyMap<string, string> {
  return new Map([
    ['recording/slos.yaml', HEADER + stringify(renderRecordings(slos), { lineWidth: 118 })],
    ['alerts/slos.yaml', HEADER + stringify(renderAlerts(slos), { lineWidth: 118 })],
  ]);
}

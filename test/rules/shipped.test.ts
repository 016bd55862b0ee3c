import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { suppressor } from '../../core/alerting/dispatch/suppressor.ts';
import { parseRouting } from '../../core/alerting/routing/parse.ts';
import { catalogue } from '../../core/metrics/catalogue.ts';
import { metricNameOf } from '../../core/promql/index.ts';
import { cloudRecorded, parseRuleFile, plan, type Rule, selectors } from '../../core/rules/index.ts';
import { DEVICE, RuleTimeline, shippedGroup } from '../support/rule-timeline.ts';

const files = ['alerts', 'recording'].flatMap((folder) =>
  readdirSync(`rules/${folder}`).map((name) => `rules/${folder}/${name}`),
);
const rules: readonly Rule[] = files.flatMap((file) =>
  parseRuleFile(readFileSync(file, 'utf8'), file).flatMap((group) => group.rules),
);

/** Word for word from the specification, which has neither runbooks nor a description everywhere. */
const SPECIFIED = new Set([
  'HighSignalProcessingLatency',
  'DeviceConnectionFailure',
  'LowDataQuality',
  'HighMemoryUsage',
  'DatabaseConnectionPoolExhaustion',
]);

const alerts = rules.filter(({ kind }) => kind === 'alerting');

describe('the shipped alerts', () => {
  test('select metrics of the catalogue, and what is recorded, only', () => {
    const recorded = new Set(rules.filter(({ kind }) => kind === 'recording').map(({ name }) => name));
    const names = rules.flatMap(selectors).map((matchers) => metricNameOf(matchers) ?? '(no name)');
    const unknown = names.filter(
      (name) => !recorded.has(name) && !catalogue[name] && !catalogue[name.replace(/_(bucket|sum|count)$/, '')],
    );
    expect(unknown).toEqual([]);
  });

  test.each(alerts.filter(({ name }) => !SPECIFIED.has(name)).map((rule) => [rule.name, rule] as const))(
    '%s says how bad it is, what it is about, and where to read on',
    (name, rule) => {
      if (rule.kind !== 'alerting') throw new Error(`${name} is no alert`);
      expect(rule.labels).toEqual({
        severity: expect.stringMatching(/^(none|warning|critical)$/),
        component: expect.any(String),
      });
      expect(rule.annotations).toMatchObject({
        summary: expect.any(String),
        description: expect.any(String),
        runbook_url: `docs/runbook.md#${name.toLowerCase()}`,
      });
    },
  );

  test('run where their expressions say', () => {
    const recorded = cloudRecorded(rules);
    const cloud = alerts.filter((rule) => plan(rule, recorded).where === 'cloud').map(({ name }) => name);
    expect(cloud.sort()).toEqual([
      'EdgeAgentSilent',
      'ErrorBudgetBurnsFast',
      'ErrorBudgetBurnsSlowly',
      'FleetOutlier',
      'LowDataQuality',
      'Watchdog',
    ]);
    // Of the objectives everything is computed across agents.
    const edge = rules.filter((rule) => rule.kind === 'recording' && plan(rule, recorded).where === 'edge');
    expect(edge.map(({ name }) => name)).toEqual(['neural_channel_quality:mean5m']);
  });

  const promtool = spawnSync('promtool', ['--version']);
  const withPromtool = promtool.status === 0 ? test : test.skip;
  withPromtool(`are valid for promtool${promtool.status === 0 ? '' : ' (skipped: promtool is not installed)'}`, () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', ...files], { encoding: 'utf8' });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });
});

describe('ElectrodeDetached', () => {
  const timeline = (): RuleTimeline => new RuleTimeline(shippedGroup('neural', 'ElectrodeDetached'));
  const contacts = (detached: readonly string[]) => (line: RuleTimeline) => {
    for (const channel of ['Fp1', 'Fp2', 'C3', 'C4', 'P7', 'P8', 'O1', 'O2']) {
      line.set('neural_channel_contact', { ...DEVICE, channel }, detached.includes(channel) ? 0 : 1);
    }
  };

  test('warns of one electrode, by name, within seconds, and resolves at once when it is back', () => {
    const line = timeline()
      .pass(10, contacts([]))
      .pass(5, contacts(['C3']));
    expect(line.states).toEqual(['pending']);
    line.pass(1, contacts(['C3']));
    expect(line.alerts).toMatchObject([
      { state: 'firing', labels: { channel: 'C3', severity: 'warning', component: 'electrodes' } },
    ]);
    expect(line.alerts[0]?.annotations.summary).toBe('Electrode C3 of cap-1 has no contact');
    expect(line.pass(1, contacts([])).states).toEqual(['resolved']);
  });

  test('is critical when more than a quarter is off', () => {
    const line = timeline().pass(6, contacts(['C3', 'C4', 'P7']));
    const critical = line.alerts.filter(({ labels }) => labels.severity === 'critical');
    expect(critical).toMatchObject([{ state: 'firing', labels: { device_id: 'cap-1', thing: 'lab-1' }, value: 0.375 }]);
    expect(critical[0]?.annotations.summary).toBe('37.5% of the electrodes of cap-1 have no contact');
  });

  test('is not critical for a quarter, and nothing for a second without contact', () => {
    expect(
      timeline()
        .pass(6, contacts(['C3', 'C4']))
        .alerts.map(({ labels }) => labels.severity),
    ).toEqual(['warning', 'warning']);
    expect(
      timeline()
        .pass(1, contacts(['C3']))
        .pass(5, contacts([])).alerts,
    ).toEqual([]);
  });
});

describe('DeviceSilent', () => {
  const connected = (value: number) => (line: RuleTimeline) => line.set('neural_device_connected', DEVICE, value);

  test('fires within two evaluations after the board is down, resolves with the first data', () => {
    const line = new RuleTimeline(shippedGroup('neural', 'DeviceSilent')).pass(5, connected(1)).pass(2, connected(0));
    expect(line.states).toEqual(['firing']);
    expect(line.pass(1, connected(1)).states).toEqual(['resolved']);
  });

  test('does not fire for what is over by the next second', () => {
    const line = new RuleTimeline(shippedGroup('neural', 'DeviceSilent')).pass(1, connected(0)).pass(20, connected(1));
    expect(line.alerts).toEqual([]);
  });
});

describe('EdgeAgentSilent', () => {
  const labels = { thing: 'lab-1', tenant: 'acme', site: 'north' };
  const seen = (line: RuleTimeline, seconds: number): void =>
    line.set('nsmon_agent_last_seen_timestamp_seconds', labels, seconds);

  test('fires when nothing was heard for 90 s, and resolves with the next report', () => {
    const line = new RuleTimeline(shippedGroup('agent', 'EdgeAgentSilent'));
    line.pass(90, (at) => seen(at, 0));
    expect(line.alerts).toEqual([]);
    line.pass(1, (at) => seen(at, 0));
    expect(line.alerts).toMatchObject([{ state: 'firing', labels: { ...labels, severity: 'critical' } }]);
    expect(line.alerts[0]?.annotations.description).toContain('for 1m 31s');
    expect(line.pass(1, (at) => seen(at, at.nowMs / 1000)).states).toEqual(['resolved']);
  });
});

describe('Watchdog', () => {
  test('fires always', () => {
    const line = new RuleTimeline(shippedGroup('agent', 'Watchdog')).pass(1, () => undefined);
    expect(line.alerts).toMatchObject([{ state: 'firing', labels: { alertname: 'Watchdog', severity: 'none' } }]);
  });
});

describe('the shipped routing', () => {
  const config = parseRouting(readFileSync('rules/routing.yaml', 'utf8'));
  const device = { thing: 'lab-1', device_id: 'headset-1' };
  const heldBack = (source: Record<string, string>, target: Record<string, string>): boolean => {
    const sources = [{ fingerprint: 'f', labels: { ...device, ...source } }];
    return suppressor(config, { sources, silences: [], nowMs: 0 })({ ...device, ...target }) !== undefined;
  };

  test('tells of a silent board once, and not of its electrodes as well', () => {
    const silent = { alertname: 'DeviceSilent', severity: 'critical' };
    expect(heldBack(silent, { alertname: 'ElectrodeDetached', severity: 'critical', channel: 'C3' })).toBe(true);
    expect(heldBack(silent, { alertname: 'ElectrodeDetached', severity: 'critical', device_id: 'headset-2' })).toBe(
      false,
    );
    expect(heldBack(silent, { alertname: 'DeviceConnectionFailure', severity: 'critical' })).toBe(false);
  });

  test('tells of a cap that slipped once, and not of each electrode as well', () => {
    const slipped = { alertname: 'ElectrodeDetached', severity: 'critical' };
    expect(heldBack(slipped, { alertname: 'ElectrodeDetached', severity: 'warning', channel: 'C3' })).toBe(true);
    expect(heldBack(slipped, slipped)).toBe(false);
  });
});

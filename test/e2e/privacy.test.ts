import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createEgressInspector, type EgressInspector } from '../../local/privacy/egress-inspector.ts';
import { referenceWaveform } from '../../local/privacy/reference.ts';
import { buildLeakingAgent, LEAKS, type Leak } from '../support/leaking-agent.ts';
import { BOARD, SEED, type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

describe('raw samples never leave', () => {
  let system: System;
  let canary: number[];

  beforeAll(async () => {
    [system, canary] = await Promise.all([startSystem('timestream', ['ingest']), referenceWaveform(BOARD, SEED)]);
  }, 60_000);
  afterAll(() => system?.close());

  /** Looks at everything that a thing publishes, whatever the topic. */
  function inspect(thing: string): { inspector: EgressInspector; topics: Set<string> } {
    const inspector = createEgressInspector(canary);
    const topics = new Set<string>();
    system.twin.onPublished(({ clientId, topic, payload }) => {
      if (clientId !== thing) return;
      topics.add(topic);
      inspector.inspect(topic, payload);
    });
    return { inspector, topics };
  }

  test('not in any message of a run with an alert, live mode, and an outage that is caught up on', async () => {
    const { twin } = system;
    const { inspector, topics } = inspect('honest');
    const agent = await system.agent('honest');
    const { device } = await agent.when('measuring', ({ device }) => (device?.quality ?? 0) > 0.7);
    await agent.command({ command: 'live', seconds: 60 });
    const channel = device?.channels[2];
    await agent.command({ command: 'inject-fault', fault: { kind: 'electrode-detached', channel } });
    await agent.when('firing', ({ alerts }) => alerts.some(({ state }) => state === 'firing'));
    await twin.faults.broker.goDown();
    await agent.when('offline', ({ connected, buffered }) => !connected && buffered.messages >= 2);
    await twin.faults.broker.comeUp();
    await agent.when('connected again', ({ connected }) => connected);
    await until(() => inspector.report().messages > 8);
    await agent.stop();

    const report = inspector.report();
    expect(report).toMatchObject({ canaryFound: false });
    expect([...topics].sort()).toEqual([
      '$aws/rules/nsmon_dev_alerts/bci/honest/alerts',
      '$aws/rules/nsmon_dev_metrics/bci/honest/metrics',
    ]);
  }, 60_000);

  test.each<[Leak, RegExp]>([
    ['a gauge for each sample, in volts', /values of \d+ points in a row/],
    ['the counts of a histogram', /buckets of neural_model_inference_duration_seconds/],
    ['base64 in a label', /samples as f32le at byte \d+ within base64/],
  ])('a build that leaks by %s is found out', async (leak, evidence) => {
    const thing = `leak-${Object.keys(LEAKS).indexOf(leak)}`;
    const { inspector } = inspect(thing);
    const agent = await system.agent(thing, {
      entry: await buildLeakingAgent(leak, join(system.directory, `build-${thing}`)),
    });
    await until(() => inspector.report().canaryFound);
    await agent.kill();
    expect(inspector.report().evidence).toMatch(evidence);
  });
});

import { describe, expect, test } from '@jest/globals';
import { DEVICE, RuleTimeline, shippedGroup } from '../support/rule-timeline.ts';

const PROCESSING = 'neural_signal_processing_duration_seconds';
const FAST = [0.004, 0.005, 0.006, 0.01];
const SLOW = [0.15, 0.2, 0.25, 0.3];

describe('HighSignalProcessingLatency, as specified', () => {
  const timeline = (): RuleTimeline => new RuleTimeline(shippedGroup('neural', 'HighSignalProcessingLatency'));
  const processing =
    (durations: readonly number[]) =>
    (line: RuleTimeline): void =>
      line.observe(PROCESSING, DEVICE, durations);

  test('fires after two minutes of slow processing', () => {
    const line = timeline().pass(120, processing(SLOW));
    expect(line.states).toEqual(['pending']);
    line.pass(1, processing(SLOW));
    expect(line.alerts).toMatchObject([
      {
        state: 'firing',
        labels: {
          ...DEVICE,
          alertname: 'HighSignalProcessingLatency',
          severity: 'critical',
          component: 'signal-processing',
        },
        annotations: {
          description: expect.stringMatching(/^95th percentile latency is 0\.\d+s, exceeding 100ms threshold$/),
        },
      },
    ]);
  });

  test('does not fire while processing is fast', () => {
    expect(timeline().pass(300, processing(FAST)).alerts).toEqual([]);
  });

  test('resolves only when slow observations are less than a twentieth of all since the start', () => {
    const line = timeline().pass(130, processing(SLOW)).pass(1800, processing(FAST));
    expect(line.states).toEqual(['firing']);
    line.pass(800, processing(FAST));
    expect(line.states).toEqual(['resolved']);
  });
});

describe('SlowSignalProcessing, its corrected form', () => {
  const timeline = (): RuleTimeline => new RuleTimeline(shippedGroup('neural', 'SlowSignalProcessing'));
  const processing =
    (durations: readonly number[]) =>
    (line: RuleTimeline): void =>
      line.observe(PROCESSING, DEVICE, durations);

  test('fires, and resolves within minutes of processing being fast again', () => {
    const line = timeline().pass(130, processing(SLOW));
    expect(line.states).toEqual(['firing']);
    line.pass(300, processing(FAST));
    expect(line.states).toEqual(['resolved']);
  });

  test('fires after a long good time, when the specified form does not yet', () => {
    const write = processing(SLOW);
    const corrected = timeline().pass(3600, processing(FAST)).pass(180, write);
    const specified = new RuleTimeline(shippedGroup('neural', 'HighSignalProcessingLatency'))
      .pass(3600, processing(FAST))
      .pass(180, write);
    expect(corrected.states).toEqual(['firing']);
    expect(specified.states).toEqual([]);
  });

  test('does not fire while processing is fast', () => {
    expect(timeline().pass(300, processing(FAST)).alerts).toEqual([]);
  });
});

describe('DeviceConnectionFailure, as specified', () => {
  const timeline = (): RuleTimeline => new RuleTimeline(shippedGroup('neural', 'DeviceConnectionFailure'));
  const failures = (total: number) => (line: RuleTimeline) =>
    line.set('neural_device_connection_failures_total', DEVICE, total);

  test('fires when more than three failures within five minutes last for a minute', () => {
    const line = timeline().pass(60, failures(2)).pass(60, failures(6));
    expect(line.states).toEqual(['pending']);
    line.pass(1, failures(6));
    expect(line.alerts).toMatchObject([
      { state: 'firing', labels: { ...DEVICE, severity: 'critical', component: 'device-management' } },
    ]);
  });

  test('resolves when the failures are five minutes ago', () => {
    const line = timeline().pass(60, failures(2)).pass(70, failures(6)).pass(240, failures(6));
    expect(line.states).toEqual(['resolved']);
  });

  test('does not fire for two failures, nor for old ones', () => {
    expect(timeline().pass(60, failures(2)).pass(120, failures(4)).alerts).toEqual([]);
    expect(timeline().pass(400, failures(50)).alerts).toEqual([]);
  });

  test('fires for three already, because increase() extrapolates to the whole window', () => {
    const line = timeline().pass(60, failures(2)).pass(120, failures(5));
    expect(line.states).toEqual(['firing']);
    expect(line.alerts[0]?.value).toBeCloseTo(3, 1);
  });
});

describe('LowDataQuality, as specified', () => {
  const timeline = (): RuleTimeline => new RuleTimeline(shippedGroup('neural', 'LowDataQuality'));
  const scores =
    (...values: readonly number[]) =>
    (line: RuleTimeline): void =>
      values.forEach((value, i) => {
        const labels = {
          ...DEVICE,
          instance: `lab-${i}`,
          thing: `lab-${i}`,
          session_id: 's1',
          tenant: 'acme',
          site: 'north',
        };
        line.set('neural_data_quality_score', labels, value);
      });

  test('fires when the mean of the fleet is low for five minutes', () => {
    const line = timeline().pass(301, scores(0.5, 0.8, 0.6));
    expect(line.alerts).toMatchObject([
      { state: 'firing', labels: { alertname: 'LowDataQuality', severity: 'warning', component: 'data-quality' } },
    ]);
    expect(line.alerts[0]?.value).toBeCloseTo(0.6333, 3);
  });

  test('resolves when the mean is good again', () => {
    expect(timeline().pass(310, scores(0.5, 0.6)).pass(1, scores(0.9, 0.8)).states).toEqual(['resolved']);
  });

  test('does not fire for one unusable device among good ones; LowDeviceDataQuality does', () => {
    const write = scores(0.1, 0.9, 0.9, 0.9, 0.9);
    expect(timeline().pass(400, write).alerts).toEqual([]);
    const perDevice = new RuleTimeline(shippedGroup('neural', 'LowDeviceDataQuality')).pass(301, write);
    expect(perDevice.alerts).toMatchObject([{ state: 'firing', labels: { thing: 'lab-0', device_id: 'cap-1' } }]);
    expect(perDevice.alerts[0]?.annotations.description).toContain('is 10%');
  });
});

describe('HighMemoryUsage, as specified', () => {
  const agent = { job: 'edge-agent', instance: 'lab-1', thing: 'lab-1' };
  const api = { job: 'neural-api', instance: '127.0.0.1:9464', thing: 'lab-1' };
  const host = { job: 'node', instance: 'lab-1', thing: 'lab-1' };
  const memory = (bytes: number) => (line: RuleTimeline) => {
    line.set('process_resident_memory_bytes', agent, 80e6);
    line.set('process_resident_memory_bytes', api, bytes);
    line.set('node_memory_MemTotal_bytes', host, 1e9);
  };

  test('never fires on what agents emit: process_* and node_* differ in job', () => {
    expect(new RuleTimeline(shippedGroup('system', 'HighMemoryUsage')).pass(400, memory(950e6)).alerts).toEqual([]);
  });

  test('works where both come from one exporter, as it was meant', () => {
    const line = new RuleTimeline(shippedGroup('system', 'HighMemoryUsage'));
    const write = (bytes: number) => (at: RuleTimeline) => {
      at.set('process_resident_memory_bytes', host, bytes);
      at.set('node_memory_MemTotal_bytes', host, 1e9);
    };
    expect(line.pass(301, write(950e6)).states).toEqual(['firing']);
    expect(line.pass(1, write(500e6)).states).toEqual(['resolved']);
  });

  const corrected = (): RuleTimeline => new RuleTimeline(shippedGroup('system', 'HighProcessMemoryUsage'));

  test('HighProcessMemoryUsage fires on the same series, and names the process', () => {
    const line = corrected().pass(301, memory(950e6));
    expect(line.alerts).toMatchObject([{ state: 'firing', labels: { ...api, severity: 'warning' } }]);
    expect(line.alerts[0]?.annotations.summary).toBe('neural-api uses most of the memory of lab-1');
  });

  test('HighProcessMemoryUsage resolves when the process has freed memory', () => {
    expect(corrected().pass(301, memory(950e6)).pass(1, memory(500e6)).states).toEqual(['resolved']);
  });

  test('HighProcessMemoryUsage does not fire for modest processes', () => {
    expect(corrected().pass(400, memory(700e6)).alerts).toEqual([]);
  });
});

describe('DatabaseConnectionPoolExhaustion, as specified', () => {
  const api = { job: 'neural-api', instance: '127.0.0.1:9464', thing: 'lab-1' };
  const pool = (active: number) => (line: RuleTimeline) => {
    line.set('neural_db_connections_active', api, active);
    line.set('neural_db_connections_max', api, 20);
  };
  const timeline = (): RuleTimeline => new RuleTimeline(shippedGroup('system', 'DatabaseConnectionPoolExhaustion'));

  test('fires when more than 90 % are in use for two minutes', () => {
    const line = timeline().pass(120, pool(19));
    expect(line.states).toEqual(['pending']);
    expect(line.pass(1, pool(19)).alerts).toMatchObject([
      { state: 'firing', labels: { ...api, severity: 'critical' } },
    ]);
  });

  test('resolves when connections are given back', () => {
    expect(timeline().pass(121, pool(20)).pass(1, pool(10)).states).toEqual(['resolved']);
  });

  test('does not fire at 90 %, nor for a short burst', () => {
    expect(timeline().pass(300, pool(18)).alerts).toEqual([]);
    expect(timeline().pass(100, pool(20)).pass(10, pool(5)).pass(100, pool(20)).states).toEqual(['pending']);
  });
});

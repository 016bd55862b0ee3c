import os from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { MetricRegistry } from '../../../core/metrics/registry.ts';
import { createHostCollector, parseNetwork } from '../../../edge-agent/collectors/host.ts';

describe('the host collector', () => {
  test('records this process and this host under their usual names', async () => {
    const clock = () => 1000;
    const own = new MetricRegistry({ resource: { job: 'edge-agent' }, clock });
    const node = new MetricRegistry({ resource: { job: 'node' }, clock });
    await createHostCollector(own, node, { mountpoints: ['/'] })();
    const value = (registry: MetricRegistry, name: string) => {
      const point = registry.collect(1000).points.find((p) => p.name === name);
      return point && 'value' in point ? point.value : undefined;
    };
    expect(value(own, 'process_resident_memory_bytes')).toBeGreaterThan(20e6);
    expect(value(node, 'node_memory_MemTotal_bytes')).toBe(os.totalmem());
    expect(value(node, 'node_memory_MemAvailable_bytes')).toBeLessThanOrEqual(os.totalmem());
    expect(value(node, 'node_filesystem_size_bytes')).toBeGreaterThan(value(node, 'node_filesystem_avail_bytes') ?? 0);
    expect(value(node, 'node_cpu_seconds_total')).toBeDefined();
  });

  test('reads byte totals of real interfaces', () => {
    const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 100 1 0 0 0 0 0 0 100 1 0 0 0 0 0 0
  eth0: 123456 99 0 0 0 0 0 0 654321 88 0 0 0 0 0 0
`;
    expect(parseNetwork(text)).toEqual([{ device: 'eth0', received: 123_456, sent: 654_321 }]);
  });
});

import type { MetricRegistry } from '../../core/metrics/registry.ts';

/** Memory and CPU time of the agent itself, as Prometheus clients name them. Returns the collection. */
export function processCollector(registry: MetricRegistry): () => void {
  const memory = registry.gauge('process_resident_memory_bytes');
  const cpu = registry.counter('process_cpu_seconds_total');
  return () => {
    memory.set(process.memoryUsage.rss());
    const { user, system } = process.cpuUsage();
    cpu.observeTotal((user + system) / 1e6);
  };
}

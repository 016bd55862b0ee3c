import { readFile, statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import type { MetricRegistry } from '../../core/metrics/registry.ts';

/** Where the host is looked at. */
export interface HostOptions {
  /** File systems to measure, by a path in each. */
  readonly mountpoints: readonly string[];
}

/** Modes of `node_cpu_seconds_total`, by Node's names of them. */
const CPU_MODES = { user: 'user', nice: 'nice', sys: 'system', idle: 'idle', irq: 'irq' } as const;

/** Memory, CPU, load, file systems and network of the host, named as the Prometheus node exporter does. */
export function hostCollector(registry: MetricRegistry, { mountpoints }: HostOptions): () => Promise<void> {
  return async () => {
    collectCpu(registry);
    registry.gauge('node_load1').set(loadavg()[0] ?? 0);
    await Promise.all([collectMemory(registry), collectFileSystems(registry, mountpoints), collectNetwork(registry)]);
  };
}

function collectCpu(registry: MetricRegistry): void {
  const cores = cpus();
  for (const [key, mode] of Object.entries(CPU_MODES)) {
    const ms = cores.reduce((sum, { times }) => sum + times[key as keyof typeof times], 0);
    registry.counter('node_cpu_seconds_total', { mode }).observeTotal(ms / 1000);
  }
}

async function collectMemory(registry: MetricRegistry): Promise<void> {
  registry.gauge('node_memory_MemTotal_bytes').set(totalmem());
  const available = parseMemAvailable(await readIfPresent('/proc/meminfo'));
  registry.gauge('node_memory_MemAvailable_bytes').set(available ?? freemem());
}

async function collectFileSystems(registry: MetricRegistry, mountpoints: readonly string[]): Promise<void> {
  for (const mountpoint of mountpoints) {
    try {
      const { bsize, blocks, bavail } = await statfs(mountpoint);
      registry.gauge('node_filesystem_size_bytes', { mountpoint }).set(bsize * blocks);
      registry.gauge('node_filesystem_avail_bytes', { mountpoint }).set(bsize * bavail);
    } catch {
      // Not mounted at the moment.
    }
  }
}

async function collectNetwork(registry: MetricRegistry): Promise<void> {
  for (const { device, received, transmitted } of parseNetDev(await readIfPresent('/proc/net/dev'))) {
    registry.counter('node_network_receive_bytes_total', { device }).observeTotal(received);
    registry.counter('node_network_transmit_bytes_total', { device }).observeTotal(transmitted);
  }
}

/** Bytes from `/proc/meminfo`, whose lines look like `MemAvailable:   12345 kB`. */
export function parseMemAvailable(meminfo: string): number | undefined {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

export interface NetworkDevice {
  readonly device: string;
  readonly received: number;
  readonly transmitted: number;
}

/** `/proc/net/dev`: after the name 8 columns of receiving, then 8 of transmitting, bytes first. Not the loopback. */
export function parseNetDev(text: string): NetworkDevice[] {
  return text.split('\n').flatMap((line) => {
    const [, device, columns] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    const numbers = columns?.trim().split(/\s+/).map(Number) ?? [];
    const [received, transmitted] = [numbers[0], numbers[8]];
    if (device === undefined || device === 'lo' || received === undefined || transmitted === undefined) return [];
    return [{ device, received, transmitted }];
  });
}

async function readIfPresent(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}

import { readFile, statfs } from 'node:fs/promises';
import os from 'node:os';
import type { MetricRegistry } from '../../core/metrics/registry.ts';

/** File systems whose room is watched: where the agent's own buffer is, and the root. */
export interface HostSettings {
  readonly mountpoints: readonly string[];
}

/** Interfaces that carry no traffic of the site. */
const UNINTERESTING_INTERFACE = /^(lo|docker|veth|br-)/;

/**
 * The process and its host, under the names that Prometheus' client libraries and node_exporter use.
 * @param own registry of `job="edge-agent"`
 * @param node registry of `job="node"`
 * @returns records everything once
 */
export function createHostCollector(own: MetricRegistry, node: MetricRegistry, settings: HostSettings) {
  const memory = own.gauge('process_resident_memory_bytes');
  const cpu = own.counter('process_cpu_seconds_total');
  const total = node.gauge('node_memory_MemTotal_bytes');
  const available = node.gauge('node_memory_MemAvailable_bytes');
  const load = node.gauge('node_load1');

  function processors(): void {
    const seconds: Record<string, number> = {};
    for (const { times } of os.cpus()) {
      for (const [mode, ms] of Object.entries(times)) seconds[mode] = (seconds[mode] ?? 0) + ms / 1000;
    }
    for (const [mode, value] of Object.entries(seconds)) {
      node.counter('node_cpu_seconds_total', { mode: mode === 'sys' ? 'system' : mode }).observeTotal(value);
    }
  }

  async function fileSystems(): Promise<void> {
    for (const mountpoint of settings.mountpoints) {
      const { blocks, bavail, bsize } = await statfs(mountpoint);
      node.gauge('node_filesystem_size_bytes', { mountpoint }).set(blocks * bsize);
      node.gauge('node_filesystem_avail_bytes', { mountpoint }).set(bavail * bsize);
    }
  }

  return async (): Promise<void> => {
    memory.set(process.memoryUsage.rss());
    const { user, system } = process.cpuUsage();
    cpu.observeTotal((user + system) / 1e6);
    total.set(os.totalmem());
    available.set(await memoryAvailable());
    load.set(os.loadavg()[0] ?? 0);
    processors();
    await fileSystems();
    for (const { device, received, sent } of parseNetwork(await readProc('/proc/net/dev'))) {
      node.counter('node_network_receive_bytes_total', { device }).observeTotal(received);
      node.counter('node_network_transmit_bytes_total', { device }).observeTotal(sent);
    }
  };
}

/** What the kernel says a new process could have; `os.freemem` leaves out what caches would give back. */
async function memoryAvailable(): Promise<number> {
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(await readProc('/proc/meminfo'));
  return match ? Number(match[1]) * 1024 : os.freemem();
}

/** Empty where there is no /proc (macOS). */
async function readProc(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

export interface NetworkTotals {
  readonly device: string;
  readonly received: number;
  readonly sent: number;
}

/** Byte totals out of /proc/net/dev: `eth0: <received bytes> 7 more columns <sent bytes> ...`. */
export function parseNetwork(text: string): NetworkTotals[] {
  return text.split('\n').flatMap((line) => {
    const [, device = '', columns = ''] = /^\s*([^:\s]+):\s*(.+)$/.exec(line) ?? [];
    const numbers = columns.split(/\s+/).map(Number);
    if (device === '' || UNINTERESTING_INTERFACE.test(device) || numbers.length < 9) return [];
    return [{ device, received: numbers[0] ?? 0, sent: numbers[8] ?? 0 }];
  });
}

import path from 'node:path';
import type { BoardConfig } from '../../edge-agent/boards/open.ts';
import type { AgentConfig } from '../../edge-agent/config.ts';
import type { StartOptions } from './options.ts';

/** The generated signal is the same at every start: what one person sees, another can look at. */
export const SEED = 20_261_123;
export const THING = 'lab-1';

/** The board of the run: the recording, or the generator. */
export function boardConfiguration({ recording }: StartOptions): BoardConfig {
  if (recording === undefined) return { kind: 'generated', deviceId: 'headset-1' };
  const name = path.basename(recording, path.extname(recording));
  return { kind: 'recorded', file: recording, deviceId: name.replace(/[^a-zA-Z0-9_-]+/g, '-').slice(0, 40) };
}

export interface AgentSurroundings {
  readonly environment: string;
  readonly dataDirectory: string;
  readonly rulesDirectory: string;
  readonly mqttPort: number;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly caFile: string;
  readonly metricsUrl: string;
  readonly statusPort: number;
  readonly otlpPort: number;
}

/**
 * The agent's configuration for a run on one machine: a message every second throughout, because somebody is
 * watching.
 */
export function agentConfiguration(
  options: StartOptions,
  around: AgentSurroundings,
): Omit<AgentConfig, 'intervals'> & { intervals: Partial<AgentConfig['intervals']> } {
  return {
    environment: around.environment,
    thing: THING,
    dataDirectory: around.dataDirectory,
    uplink: {
      kind: 'mqtt',
      host: '127.0.0.1',
      port: around.mqttPort,
      certificateFile: around.certificateFile,
      privateKeyFile: around.privateKeyFile,
      caFile: around.caFile,
    },
    board: boardConfiguration(options),
    seed: SEED,
    rules: [around.rulesDirectory],
    intervals: {
      publish: 1,
      scrape: 2,
      host: 2,
      flush: 10,
      ...(options.reportIntervalSeconds ? { lease: options.reportIntervalSeconds } : {}),
    },
    buffer: { maxBytes: 64 * 1024 * 1024, sync: true },
    scrape: [{ job: 'neural-api', url: around.metricsUrl }],
    host: { mountpoints: ['/'] },
    statusPort: around.statusPort,
    otlpPort: around.otlpPort,
    allowFaultInjection: options.story !== undefined,
    faults: { dropOne: options.dropOne },
  };
}

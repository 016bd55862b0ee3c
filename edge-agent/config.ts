import { hostname } from 'node:os';
import { whyNoHandle } from '../core/outliers/handle.ts';
import { UserError } from '../core/user-error.ts';
import type { BoardConfig } from './boards/open.ts';
import { Fields } from './config-fields.ts';

export type UplinkConfig =
  | {
      readonly kind: 'mqtt';
      readonly host: string;
      readonly port?: number;
      /** PEM files; the certificate is the thing's. */
      readonly certificateFile: string;
      readonly privateKeyFile: string;
      readonly caFile?: string;
    }
  /** Through the nucleus; addresses and credentials are its business. */
  | { readonly kind: 'greengrass' };

/** How often things happen. Seconds. */
export interface Intervals {
  readonly publish: number;
  /** Publishing in live mode, and for how long a pending alert switches it on. */
  readonly live: number;
  readonly liveFor: number;
  /** Evaluation of rule groups that name no interval. */
  readonly rules: number;
  /** The alerts are reported at least this often; the cloud gives up on an agent after three times. */
  readonly lease: number;
  readonly host: number;
  readonly scrape: number;
  /** A message without the store's acknowledgement is sent again after this. */
  readonly resend: number;
  /** How long a stopping agent waits for acknowledgements. */
  readonly flush: number;
}

export interface AgentConfig {
  readonly environment: string;
  readonly thing: string;
  /** Holds the buffer and the state of the rules; survives updates of the agent. */
  readonly dataDirectory: string;
  readonly uplink: UplinkConfig;
  /** Absent: the agent collects from the host and from applications only. */
  readonly board?: BoardConfig;
  /** Makes what is random about the board (the generated signal, faults) the same every time. A whole number. */
  readonly seed?: number;
  /** Becomes the label `session_id`; made from the start time when absent. */
  readonly sessionId?: string;
  /** Who wears the device: becomes the label `subject`. A handle, never a name. */
  readonly subjectHandle?: string;
  /** Rule files, or directories of them. Those that come with the agent when absent. */
  readonly rules: readonly string[];
  readonly intervals: Intervals;
  readonly buffer: { readonly maxBytes: number; readonly sync: boolean };
  /** Applications that expose `/metrics`. */
  readonly scrape: readonly { readonly job: string; readonly url: string }[];
  readonly host: { readonly mountpoints: readonly string[] };
  /** Port on 127.0.0.1 of the OTLP receiver. Absent: none; 0: any free one. */
  readonly otlpPort?: number;
  /** Port on 127.0.0.1 of `/status`. Absent: none; 0: any free one. */
  readonly statusPort?: number;
  /** Lets commands inject faults into the board. For tests only. */
  readonly allowFaultInjection: boolean;
  readonly faults: {
    /** Loses one recorded point on purpose, so that the check at the other end has something to find. */
    readonly dropOne: boolean;
  };
}

const DEFAULT_INTERVALS: Intervals = {
  publish: 10,
  live: 1,
  liveFor: 600,
  rules: 1,
  lease: 30,
  host: 5,
  scrape: 10,
  resend: 150,
  flush: 5,
};

const DEFAULT_BUFFER_BYTES = 256 * 1024 * 1024;
const MIN_BUFFER_BYTES = 64 * 1024;
/** What IoT takes as a thing's name, without the colon, which has no place in a file or topic name. */
const THING = /^[a-zA-Z0-9_-]{1,128}$/;
const ENVIRONMENT = /^[a-z][a-z0-9]{0,15}$/;

/** What is taken where the configuration says nothing. */
export interface ConfigDefaults {
  /** Greengrass tells its components the name of the thing. */
  readonly thing?: string | undefined;
  /** The rules that come with the agent. */
  readonly rules?: readonly string[];
}

/**
 * Checks a configuration as it came from a file or from Greengrass. Throws a UserError with all problems, `source`
 * before each of them.
 */
export function parseConfig(value: unknown, source: string, defaults: ConfigDefaults = {}): AgentConfig {
  const problems: string[] = [];
  const root = Fields.of(value, '', problems);
  const buffer = root.section('buffer');
  const host = root.section('host');
  const faults = root.section('faults');
  const config: AgentConfig = {
    environment: root.text('environment', { pattern: ENVIRONMENT, like: 'dev, staging or prod' }),
    thing: root.text('thing', {
      pattern: THING,
      like: 'the name of the IoT thing: letters, digits, - and _',
      fallback: defaults.thing,
    }),
    dataDirectory: root.text('dataDirectory', { like: 'a directory that the agent may write' }),
    uplink: uplink(root.section('uplink')),
    ...board(root, problems),
    ...(root.has('seed') ? { seed: root.number('seed', { min: 0, max: 2 ** 32 - 1, fallback: 0 }) } : {}),
    ...root.optionalText('sessionId'),
    ...subject(root, problems),
    rules: root.has('rules') ? root.texts('rules') : (defaults.rules ?? []),
    intervals: intervals(root.section('intervals')),
    buffer: {
      maxBytes: buffer.number('maxBytes', { min: MIN_BUFFER_BYTES, max: 2 ** 40, fallback: DEFAULT_BUFFER_BYTES }),
      sync: buffer.flag('sync', true),
    },
    scrape: root.sections('scrape').map((target) => ({
      job: target.text('job', { like: 'the label `job` of the application' }),
      url: target.url('url'),
    })),
    host: { mountpoints: host.has('mountpoints') ? host.texts('mountpoints') : ['/'] },
    ...root.optionalPort('otlpPort'),
    ...root.optionalPort('statusPort'),
    allowFaultInjection: root.flag('allowFaultInjection', false),
    faults: { dropOne: faults.flag('dropOne', false) },
  };
  for (const fields of [buffer, host, faults, root]) fields.refuseOthers();
  if (problems.length > 0) throw new UserError(problems.map((problem) => `${source}: ${problem}`).join('\n'));
  return config;
}

function uplink(fields: Fields): UplinkConfig {
  const kind = fields.text('kind', { pattern: /^(mqtt|greengrass)$/, like: 'mqtt or greengrass' });
  if (kind !== 'mqtt') {
    fields.refuseOthers();
    return { kind: 'greengrass' };
  }
  const config: UplinkConfig = {
    kind,
    host: fields.text('host', { like: 'the IoT data endpoint of the account' }),
    ...fields.optionalPort('port'),
    certificateFile: fields.text('certificateFile', { like: 'a PEM file' }),
    privateKeyFile: fields.text('privateKeyFile', { like: 'a PEM file' }),
    ...fields.optionalText('caFile'),
  };
  fields.refuseOthers();
  return config;
}

/** Only that there is a kind and a device: what boards take is checked where they are opened. */
function board(root: Fields, problems: string[]): { board?: BoardConfig } {
  if (!root.has('board')) return {};
  const fields = root.section('board');
  const kind = fields.text('kind', { pattern: /^(generated|recorded)$/, like: 'generated or recorded' });
  const deviceId = fields.text('deviceId', { like: 'the label `device_id`', fallback: hostname() });
  if (kind === 'recorded') fields.text('file', { like: 'a recording: .edf, .bdf or .txt of the OpenBCI GUI' });
  if (problems.length > 0) return {};
  return { board: { ...fields.all(), deviceId } as unknown as BoardConfig };
}

/** What is stored for months must not tell who it was: what could be a name is refused. */
function subject(root: Fields, problems: string[]): { subjectHandle?: string } {
  const { subjectHandle } = root.optionalText('subjectHandle');
  const why = subjectHandle === undefined ? undefined : whyNoHandle(subjectHandle);
  if (why !== undefined) problems.push(`subjectHandle is ${JSON.stringify(subjectHandle)}; ${why}`);
  return subjectHandle === undefined ? {} : { subjectHandle };
}

function intervals(fields: Fields): Intervals {
  const read = (name: keyof Intervals, min: number, max: number): number =>
    fields.number(name, { min, max, fallback: DEFAULT_INTERVALS[name] });
  const config: Intervals = {
    publish: read('publish', 1, 3_600),
    live: read('live', 1, 60),
    liveFor: read('liveFor', 1, 3_600),
    rules: read('rules', 1, 300),
    lease: read('lease', 1, 30),
    host: read('host', 1, 300),
    scrape: read('scrape', 1, 300),
    resend: read('resend', 1, 3_600),
    flush: read('flush', 0, 60),
  };
  fields.refuseOthers();
  return config;
}

import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SessionReport } from '../../core/alerting/session.ts';
import { UserError } from '../../core/user-error.ts';
import { openRecording } from '../../edge-agent/boards/open.ts';
import { seededRandom } from '../../edge-agent/boards/prng.ts';
import { readEscalation } from '../../lambdas/shared/rule-files.ts';
import { prepareAssembly } from '../assembly.ts';
import type { InboxMessage } from '../inbox/inbox.ts';
import { createEgressInspector } from '../privacy/egress-inspector.ts';
import { referenceWaveform } from '../privacy/reference.ts';
import { announceTwin } from '../running-twin.ts';
import { startSampleApp } from '../sample-app/start.ts';
import { startTwin } from '../twin.ts';
import { agentConfiguration, boardConfiguration, SEED, THING } from './agent-configuration.ts';
import { agentEntry } from './agent-entry.ts';
import { type AgentProcess, type AgentStatus, startAgentProcess } from './agent-process.ts';
import { openDashboards } from './dashboards.ts';
import { alertsReader, alertsTable, type CloudAlerts } from './groups.ts';
import { type Hands, handsOf } from './hands.ts';
import { pause } from './interrupt.ts';
import type { StartOptions } from './options.ts';
import { createOverview } from './overview.ts';
import { assertFree, freePort } from './ports.ts';
import type { Progress } from './progress.ts';
import type { RunReport } from './report.ts';
import { settle } from './settle.ts';
import { countStored } from './stored.ts';
import { createWriteLatencies } from './write-latency.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');
/** Kept between runs: assemblies and certificates. */
export const CACHE = path.join(PROJECT, '.nsmon');
const ENVIRONMENT = 'dev';
/** A minute would save money on AWS; here somebody watches the buffer fill. */
const ACK_INTERVAL_SECONDS = 5;
/** Whoever the twin's e-mail is from. */
const EMAIL_SENDER = 'monitor@example.org';

/** The twin with an agent, an application and a browser view: everything `npm start` runs. */
export interface Run {
  readonly url: string;
  readonly facts: RunFacts;
  readonly channelNames: readonly string[];
  snapshot(): Promise<RunSnapshot>;
  agentStatus(): Promise<AgentStatus | undefined>;
  cloudAlerts(): Promise<CloudAlerts>;
  executionStatus(executionArn: string): string;
  received(): readonly InboxMessage[];
  /** Sends a command to the agent, on the topic that the cloud uses. */
  command(command: object): Promise<void>;
  /** Tells the agent of the session at its board. */
  tellSession(session: SessionReport): Promise<void>;
  /** What can be broken and mended beside the board. */
  readonly hands: Hands;
  /** Stops the agent, waits for what is under way, and accounts for everything. */
  settle(): Promise<RunReport>;
  close(): Promise<void>;
}

export interface RunFacts {
  readonly readyMs: number;
  readonly functions: number;
  readonly rules: number;
  readonly tables: number;
  readonly metricStore: string;
  readonly thing: string;
  readonly mqttPort: number;
  /** Of the agent's status port. */
  readonly agentUrl: string;
  readonly device: string;
}

/** What is true now, for the line on the terminal. */
export interface RunSnapshot {
  readonly seconds: number;
  readonly agent: AgentStatus | undefined;
  readonly stored: number | undefined;
  readonly notifications: number;
}

/**
 * Starts everything, in the order in which it depends on each other.
 * @throws UserError, the signal's reason, or what went wrong
 */
export async function openRun(
  options: StartOptions,
  dataDir: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Run> {
  const startedAtMs = Date.now();
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    // What cannot be had as asked is said before anything is started.
    if (options.recording !== undefined) await openRecording(options.recording);
    if (options.port !== undefined) await assertFree(options.port);
    const rulesDir = options.rulesDir ?? options.story?.rulesDir ?? 'rules';
    const assembly = await prepareAssembly({
      projectRoot: PROJECT,
      context: {
        env: ENVIRONMENT,
        ackIntervalSeconds: String(ACK_INTERVAL_SECONDS),
        rules: rulesDir,
        emailSender: EMAIL_SENDER,
        ...(options.store ? { metricStore: options.store } : {}),
        ...(options.reportIntervalSeconds ? { reportIntervalSeconds: String(options.reportIntervalSeconds) } : {}),
      },
      report: progress.phase,
      signal,
    });
    signal.throwIfAborted();

    progress.phase(`starting the twin from the ${assembly.cached ? 'unchanged' : 'synthesised'} template ...`);
    const latencies = createWriteLatencies();
    const board = boardConfiguration(options);
    const starting = startTwin({
      assemblyDir: assembly.directory,
      dataDir: CACHE,
      warm: ['ingest', 'route-alerts', 'heal', 'escalation-decide', 'escalation-notify', 'escalation-wait'],
      log(line) {
        latencies.read(line);
        if (options.verbose) progress.say(`${line.source}: ${line.text}`);
      },
    });
    const appStarting = startSampleApp(seededRandom(SEED));
    // One that does not start must not leave the other behind.
    for (const one of [starting, appStarting]) {
      closers.push(() =>
        one.then(
          (started) => started.stop(),
          () => undefined,
        ),
      );
    }
    const [twin, app, canary, statusPort, otlpPort] = await Promise.all([
      starting,
      appStarting,
      referenceWaveform(board, SEED),
      freePort(),
      freePort(),
    ]);
    signal.throwIfAborted();
    const egress = createEgressInspector(canary);
    twin.onPublished(({ clientId, topic, payload }) => {
      if (clientId === THING) egress.inspect(topic, payload);
    });

    progress.phase('starting the edge agent ...');
    const thing = await twin.issueThing(THING, { tenant: 'demo', site: 'bench' });
    const agentLog: string[] = [];
    const agent = await startAgentProcess(
      {
        entry: agentEntry(assembly.directory),
        configFile: path.join(dataDir, 'agent.json'),
        config: agentConfiguration(options, {
          environment: ENVIRONMENT,
          dataDirectory: path.join(dataDir, 'agent'),
          rulesDirectory: path.resolve(PROJECT, rulesDir, 'alerts'),
          mqttPort: twin.mqttPort,
          certificateFile: thing.certPath,
          privateKeyFile: thing.keyPath,
          caFile: thing.caPath,
          metricsUrl: app.metricsUrl,
          statusPort,
          otlpPort,
        }),
        log(line) {
          agentLog.push(line);
          if (options.verbose) progress.say(`agent: ${line}`);
        },
      },
      statusPort,
    );
    closers.push(() => agent.kill());
    const first = await measuring(agent, agentLog, signal);

    const readAlerts = alertsReader(
      new DynamoDBClient({ region: twin.place.region, endpoint: twin.endpoint, credentials: twin.credentials }),
      alertsTable(twin.deployment.resources),
    );
    const overview = createOverview({
      twin,
      agent,
      readAlerts,
      options,
      escalation: readEscalation(PROJECT, rulesDir),
      startedAtMs,
      environment: ENVIRONMENT,
    });
    closers.push(async () => overview.stop());
    const command = (body: object) =>
      twin.publish(`nsmon/${ENVIRONMENT}/${THING}/commands`, Buffer.from(JSON.stringify(body)));
    const web = await openDashboards(twin, options.port, overview.status, (seconds) =>
      command({ command: 'live', seconds }),
    );
    closers.push(() => web.close());
    const unannounce = announceTwin(dataDir, {
      pid: process.pid,
      startedAtMs,
      endpoint: twin.endpoint,
      region: twin.place.region,
      credentials: twin.credentials,
      environment: ENVIRONMENT,
      outputs: Object.assign({}, ...Object.values(twin.outputs)) as Record<string, string>,
      webUrl: web.url,
      agentStatusUrl: `http://127.0.0.1:${statusPort}/status`,
    });
    closers.push(async () => unannounce());

    // Since the process was started: what a person waited for.
    const readyMs = Math.round(performance.now());
    const { engine } = twin.services.stepFunctions;
    const executionStatus = (arn: string): string => engine.execution(arn).status;
    return {
      url: web.url,
      channelNames: first.device?.channels ?? [],
      facts: {
        readyMs,
        ...twin.counts,
        metricStore: twin.store.kind,
        thing: THING,
        mqttPort: twin.mqttPort,
        agentUrl: `http://127.0.0.1:${statusPort}`,
        device: describeDevice(first, options),
      },
      async snapshot() {
        return {
          seconds: (performance.now() - readyMs) / 1000,
          agent: await agent.status(),
          stored: await countStored(twin.store, THING),
          notifications: twin.inbox.list().length,
        };
      },
      agentStatus: () => agent.status(),
      cloudAlerts: readAlerts,
      executionStatus,
      received: () => twin.inbox.list(),
      command,
      tellSession: (session) => agent.tellSession(session),
      hands: handsOf(twin, agent, { environment: ENVIRONMENT, otlpPort }),
      settle: () => settle({ twin, agent, egress, latencies: latencies.values, readAlerts, executionStatus, readyMs }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** An agent that does not measure within this time will not. */
const MEASURES_WITHIN_MS = 20_000;

async function measuring(agent: AgentProcess, log: readonly string[], signal: AbortSignal): Promise<AgentStatus> {
  const deadline = performance.now() + MEASURES_WITHIN_MS;
  while (performance.now() < deadline && agent.exitCode() === undefined) {
    const status = await agent.status();
    if (status && status.samples.read > 0) return status;
    await pause(100, signal);
  }
  // It ends with 2 when its configuration cannot be as it is, and says why.
  if (agent.exitCode() === 2) throw new UserError(log.join('\n'));
  throw new Error(`the edge agent does not measure; its last words:\n${log.slice(-10).join('\n')}`);
}

function describeDevice({ device }: AgentStatus, { recording }: StartOptions): string {
  if (!device) return 'none';
  const source = recording === undefined ? 'generated EEG' : path.basename(recording);
  return `${device.deviceId} (${device.deviceType}), ${device.channels.length} channels at ${device.sampleRateHz} Hz, ${source}`;
}

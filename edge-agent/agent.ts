import { join } from 'node:path';
import type { PointGroup } from '../core/metrics/model.ts';
import type { RuleGroup } from '../core/rules/index.ts';
import { Arrivals } from './arrivals.ts';
import { type AgentBoard, BoardSession } from './board-session.ts';
import type { FaultKind } from './boards/fault.ts';
import { newBoot } from './boot.ts';
import { DiskBuffer } from './buffer/disk-buffer.ts';
import { DEFAULT_RESEND } from './buffer/resend.ts';
import { type AgentClock, every } from './clock.ts';
import { Collection } from './collection.ts';
import { agentCollector } from './collectors/agent.ts';
import { obey } from './commands/commands.ts';
import { Healer } from './commands/healer.ts';
import { CommandJournal } from './commands/journal.ts';
import { healingSteps } from './commands/steps.ts';
import type { AgentConfig } from './config.ts';
import { type Log, withoutRepeats } from './log.ts';
import { Pace } from './pace.ts';
import { AlertReporter } from './rules/alert-reporter.ts';
import { loadEdgeRules } from './rules/load-rules.ts';
import { RuleLoop } from './rules/rule-loop.ts';
import { RulesStateFile } from './rules/state-file.ts';
import { SessionFile } from './session-file.ts';
import { type AgentStatus, StatusServer } from './status.ts';
import { countPoints } from './uplink/messages.ts';
import { Outbox } from './uplink/outbox.ts';
import { topicsOf } from './uplink/topics.ts';
import type { ConnectionEvent, Uplink } from './uplink/uplink.ts';

export type { AgentStatus } from './status.ts';

/** The world of an agent. */
export interface AgentPorts {
  readonly clock: AgentClock;
  readonly uplink: Uplink;
  readonly board?: AgentBoard;
  readonly log: Log;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Ends this process so that its supervisor starts it again; absent where there is none. */
  readonly restart?: () => void;
}

export interface Agent {
  /** Resolves when it measures; connecting goes on in the background. Rejects when the board cannot be started. */
  start(): Promise<void>;
  /** Sends what it has, waits a little for acknowledgements; what has none stays in the buffer. */
  stop(): Promise<void>;
  status(): AgentStatus;
  /** Where `/status` and OTLP are served, once started. */
  ports(): { readonly status?: number; readonly otlp?: number };
}

/** Everything is collected, looked at by the rules and, when it is time, sent: once a second. */
const TICK_MS = 1_000;
/** Samples come in bursts: their rate is told over so many seconds. */
const RATE_SECONDS = 5;
/** What is stored but not acknowledged would count as buffered, too: a stopping agent asks for it this often. */
const ASK_AGAIN_MS = 2_000;
/** The batch of which `dropOne` loses a point: not the first, so that everything is running. */
const DROP_ONE_IN_BATCH = 2;

/** Makes an agent. Throws a UserError when its rule files are wrong, rejects when its data directory cannot be used. */
export async function createAgent(config: AgentConfig, ports: AgentPorts): Promise<Agent> {
  const groups = await loadEdgeRules(config.rules);
  const buffer = await DiskBuffer.open({ directory: join(config.dataDirectory, 'buffer'), ...config.buffer });
  const store = new RulesStateFile(join(config.dataDirectory, 'rules.json'));
  const journal = await CommandJournal.open(join(config.dataDirectory, 'commands.json'));
  const startedAtMs = ports.clock.epochMs();
  const boot = newBoot(startedAtMs, ports.random);
  const id = config.sessionId ?? boot;
  const session = await SessionFile.open(join(config.dataDirectory, 'session.json'), {
    id,
    phase: 'live',
    consent: false,
  });
  return new EdgeAgent(config, ports, {
    boot,
    startedAtMs,
    groups,
    buffer,
    store,
    journal,
    session,
    state: await store.load(),
  });
}

interface Restored {
  readonly boot: string;
  readonly startedAtMs: number;
  readonly session: SessionFile;
  readonly journal: CommandJournal;
  readonly groups: readonly RuleGroup[];
  readonly buffer: DiskBuffer;
  readonly store: RulesStateFile;
  readonly state: Awaited<ReturnType<RulesStateFile['load']>>;
}

class EdgeAgent implements Agent {
  private readonly config: AgentConfig;
  private readonly world: AgentPorts;
  private readonly buffer: DiskBuffer;
  private readonly boot: string;
  private readonly startedAtMs: number;
  private readonly log: Log;
  private readonly collection: Collection;
  private readonly arrivals: Arrivals;
  private readonly outbox: Outbox;
  private readonly reporter: AlertReporter;
  private readonly pace: Pace;
  private readonly healer: Healer;
  private readonly session: SessionFile;
  private readonly board: BoardSession | undefined;
  private readonly recordOwn: ReturnType<typeof agentCollector>;
  private readonly statusServer: StatusServer;
  private readonly timers: (() => void)[] = [];
  private listening: { status?: number; otlp?: number } = {};
  private connectionProblem: string | undefined;
  private batches = 0;
  private unbufferedPoints = 0;
  /** Samples read until each of the last seconds, oldest first. */
  private readonly samplesRead: number[] = [0];

  constructor(config: AgentConfig, ports: AgentPorts, restored: Restored) {
    const { groups, buffer, store, state, session } = restored;
    const { clock, uplink, board, random } = ports;
    const { intervals, thing } = config;
    const now = (): number => clock.epochMs();
    const topics = topicsOf(config.environment, thing);
    this.config = config;
    this.world = ports;
    this.buffer = buffer;
    this.startedAtMs = restored.startedAtMs;
    this.boot = restored.boot;
    this.session = session;
    this.log = withoutRepeats(ports.log, now);
    this.arrivals = new Arrivals(clock, (arrived) => this.look(arrived));
    const onArrival = (groups: readonly PointGroup[]): void => this.arrivals.add(groups);
    this.collection = new Collection(config, { now, log: this.log, onArrival });
    this.board = board && new BoardSession(board, session.current().id, this.collection.neural, clock, random);
    this.board?.wornBy(config.subjectHandle, session.current().id, this.collection.neural);
    const resend = { ...DEFAULT_RESEND, afterMs: intervals.resend * 1_000 };
    const onProblem = (message: string): void => this.log('warn', message);
    this.outbox = new Outbox({ boot: this.boot, topics, buffer, uplink, resend, now, onProblem });
    const intervalMs = intervals.rules * 1_000;
    const lookbackMs = intervals.scrape * 1_500;
    const startMs = this.startedAtMs;
    const loop = new RuleLoop({
      groups,
      thing,
      intervalMs,
      lookbackMs,
      state,
      startMs,
      clock: () => clock.nowMs(),
    });
    const leaseMs = intervals.lease * 1_000;
    const send = (alerts: AgentStatus['alerts']): Promise<boolean> =>
      this.outbox.report(alerts, board && session.current());
    this.reporter = new AlertReporter({ loop, store, send, leaseMs, log: this.log });
    this.pace = new Pace({ publishMs: intervals.publish * 1_000, liveMs: intervals.live * 1_000 });
    this.healer = new Healer({
      thing,
      deviceId: board?.describe().deviceId,
      now,
      journal: restored.journal,
      session: () => (board ? session.current() : undefined),
      ...healingSteps({ board: this.board, pace: this.pace, now, restart: ports.restart }),
      query: (expr) => loop.query(expr, now()),
      answer: (result) => this.outbox.answer(result),
      log: (message) => this.log('info', message),
    });
    this.recordOwn = agentCollector(this.collection.own);
    this.statusServer = new StatusServer({
      status: () => this.status(),
      rules: () => this.reporter.rules(),
      tellSession: (told) => this.tellSession(told),
    });
    uplink.subscribe(topics.commands, (_topic, payload) => this.command(payload));
    uplink.onConnection((event) => this.connectionChanged(event));
  }

  async start(): Promise<void> {
    const { config, world, timers } = this;
    const { clock, uplink } = world;
    await this.board?.start();
    const otlp = await this.collection.listen(config.otlpPort);
    const status = config.statusPort === undefined ? undefined : await this.statusServer.listen(config.statusPort);
    this.listening = { ...(status === undefined ? {} : { status }), ...(otlp === undefined ? {} : { otlp }) };
    await Promise.all([this.collection.measureHost(), this.collection.scrape(), this.healer.resume()]);
    uplink.connect();
    timers.push(
      every(clock, TICK_MS, () => this.tick()),
      every(clock, config.intervals.host * 1_000, () => void this.collection.measureHost()),
      every(clock, config.intervals.scrape * 1_000, () => void this.collection.scrape()),
    );
    this.log('info', 'agent started', { boot: this.boot, thing: config.thing, ...this.listening });
  }

  async stop(): Promise<void> {
    for (const cancel of this.timers.splice(0)) cancel();
    this.arrivals.stop();
    await this.board?.stop();
    await this.publish(this.collect(true), { ackRequested: true });
    await this.outbox.resend();
    await this.acknowledgements(this.config.intervals.flush * 1_000);
    await this.reporter.save();
    await this.collection.close();
    if (this.listening.status !== undefined) await this.statusServer.close();
    await this.world.uplink.close();
    await this.buffer.close();
    this.log('info', 'agent stopped', { ledger: this.outbox.ledger });
  }

  ports(): { readonly status?: number; readonly otlp?: number } {
    return this.listening;
  }

  status(): AgentStatus {
    const { outbox, config, board } = this;
    const now = this.world.clock.epochMs();
    const { lastAckMs } = outbox;
    const liveUntilMs = this.pace.liveUntil(now);
    const seconds = Math.max(1, (now - this.startedAtMs) / 1_000);
    return {
      environment: config.environment,
      thing: config.thing,
      boot: this.boot,
      seq: outbox.lastSeq,
      startedAtMs: this.startedAtMs,
      connected: outbox.isConnected,
      ...(this.connectionProblem === undefined ? {} : { connectionProblem: this.connectionProblem }),
      ledger: outbox.ledger,
      buffered: outbox.buffered,
      egress: outbox.egress,
      ...(lastAckMs === undefined ? {} : { lastAckMs }),
      publishSeconds: this.pace.intervalMs(now) / 1_000,
      ...(liveUntilMs === undefined ? {} : { liveUntilMs }),
      alerts: this.reporter.alerts(),
      ...(board === undefined ? {} : { session: this.session.current(), device: board.status() }),
      samples: board?.samples() ?? { read: 0, expected: 0, lost: 0 },
      rates: { samplesPerSecond: this.samplesPerSecond, pointsPerSecond: outbox.pointsPut / seconds },
    };
  }

  private tick(): void {
    const now = this.world.clock.epochMs();
    this.countSamples();
    const send = this.pace.due(now);
    const groups = this.timed('collect', () => this.collect(send));
    this.alarm(
      this.timed('rules', () => this.reporter.evaluate(groups, now)),
      now,
    );
    if (send) void this.publish(groups);
    this.heal(this.healer.tick());
    void this.outbox.resend();
  }

  /** Between the seconds: what an application has just said. */
  private look(arrived: readonly PointGroup[]): void {
    const now = this.world.clock.epochMs();
    this.alarm(
      this.timed('rules', () => this.reporter.evaluateArrival(arrived, now)),
      now,
    );
  }

  private alarm(alarmed: boolean, nowMs: number): void {
    if (alarmed) this.pace.live(nowMs + this.config.intervals.liveFor * 1_000, nowMs);
  }

  private collect(send: boolean): PointGroup[] {
    const { outbox, collection } = this;
    const { ledger, buffered, isConnected: connected } = outbox;
    const { unbufferedPoints } = this;
    this.recordOwn({ ledger, buffered, connected, refusedSeries: collection.refused, unbufferedPoints });
    return collection.collect(this.world.clock.epochMs(), { send });
  }

  private async publish(groups: readonly PointGroup[], options: { ackRequested?: boolean } = {}): Promise<void> {
    const all = [...groups, this.reporter.takeRecordedPoints()].filter(({ points }) => points.length > 0);
    const before = this.outbox.pointsPut;
    const dropOne = this.config.faults.dropOne && this.batches === DROP_ONE_IN_BATCH;
    this.batches += 1;
    try {
      await this.outbox.put(dropOne ? withoutLast(all) : all, { ...options, lost: dropOne ? 1 : 0 });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.unbufferedPoints += countPoints(all) - (this.outbox.pointsPut - before);
      this.log('error', `a batch cannot be buffered and is lost: ${reason}`);
    }
  }

  private command(payload: Uint8Array): void {
    const { board } = this;
    const faults = this.config.allowFaultInjection && board ? { faults: faultsOf(board.board) } : {};
    const refused = obey(payload, {
      heal: (command) => this.heal(this.healer.take(command)),
      live: (seconds) => {
        const now = this.world.clock.epochMs();
        this.pace.live(now + seconds * 1_000, now);
      },
      ...faults,
    });
    if (refused === undefined) this.log('info', 'command obeyed', { command: new TextDecoder().decode(payload) });
    else this.log('error', refused);
  }

  /** The cloud learns of it at once: what was put off until the pause may be due. */
  private async tellSession(told: unknown): Promise<string | undefined> {
    const problem = await this.session.tell(told);
    if (problem === undefined) this.log('info', 'session', { ...this.session.current() });
    if (problem === undefined) this.reporter.sendSoon();
    return problem;
  }

  private connectionChanged({ connected, reason }: ConnectionEvent): void {
    this.connectionProblem = reason;
    this.log(reason === undefined ? 'info' : 'warn', connected ? 'connected' : `not connected: ${reason}`);
    if (!connected) return;
    this.reporter.sendSoon();
    void this.outbox.resend();
  }

  /** Healing that fails must not end the agent that it is to keep alive. */
  private heal(work: Promise<void>): void {
    work.catch((error: unknown) => this.log('error', `healing: ${error instanceof Error ? error.message : error}`));
  }

  private countSamples(): void {
    this.samplesRead.push(this.board?.samples().read ?? 0);
    if (this.samplesRead.length > RATE_SECONDS + 1) this.samplesRead.shift();
  }

  private get samplesPerSecond(): number {
    const [first = 0] = this.samplesRead;
    const seconds = Math.max(1, this.samplesRead.length - 1);
    return Math.round(((this.samplesRead.at(-1) ?? 0) - first) / seconds);
  }

  /** What monitoring itself costs is a metric, too. */
  private timed<T>(stage: string, work: () => T): T {
    const { clock } = this.world;
    const begunMs = clock.nowMs();
    const result = work();
    this.collection.own
      .histogram('neural_monitor_overhead_seconds', { stage })
      .observe((clock.nowMs() - begunMs) / 1_000);
    return result;
  }

  /** Until everything is acknowledged, for `withinMs` at most; not at all without a connection. */
  private async acknowledgements(withinMs: number): Promise<void> {
    const { clock } = this.world;
    const endMs = clock.nowMs() + withinMs;
    let askAgainMs = clock.nowMs() + ASK_AGAIN_MS;
    while (this.outbox.isConnected && this.outbox.buffered.messages > 0 && clock.nowMs() < endMs) {
      if (clock.nowMs() >= askAgainMs) {
        askAgainMs += ASK_AGAIN_MS;
        void this.outbox.resend({ all: true });
      }
      await new Promise<void>((resolve) => void clock.setTimer(50, resolve));
    }
  }
}

function faultsOf(board: AgentBoard): { inject(fault: unknown): void; clear(kind?: string, channel?: string): void } {
  return {
    inject: (fault) => board.inject(fault),
    // A kind that does not exist clears nothing.
    clear: (kind, channel) => board.clear(kind as FaultKind | undefined, channel),
  };
}

function withoutLast(groups: readonly PointGroup[]): PointGroup[] {
  return groups.map((group, i) => (i === groups.length - 1 ? { ...group, points: group.points.slice(0, -1) } : group));
}

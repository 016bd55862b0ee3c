import type { GaugePoint, Labels } from '../../core/metrics/model.ts';
import { encodeBatch } from '../../core/metrics/otlp.ts';
import type { Twin } from '../twin.ts';
import type { AgentProcess } from './agent-process.ts';
import { type Fleet, openFleet } from './fleet.ts';

export interface PushedGauge {
  /** Pushes the value now, and from now on. */
  set(value: number): Promise<void>;
  stop(): void;
}

/** What a story, or a drill, can break and mend beside the board. */
export interface Hands {
  /** The way from the agent to the cloud. */
  network(isUp: boolean): Promise<void>;
  /** The agent's process: held, as if it hung, or let go. */
  agent(runs: boolean): void;
  /** A channel to people: answers 503 while it is down. */
  channel(name: 'slack' | 'pagerduty' | 'webhook', works: boolean): void;
  /** Connects so many more agents. */
  fleet(size: number): Promise<Fleet>;
  /** A gauge that an application on the agent's host pushes again and again: OTLP over HTTP. */
  gauge(name: string, labels: Labels): PushedGauge;
  /** Has the rules of the cloud evaluated now: the schedule would in up to a minute. */
  evaluateCloudRules(): Promise<void>;
}

export function handsOf(
  twin: Twin,
  agent: Pick<AgentProcess, 'pid'>,
  { environment, otlpPort }: { readonly environment: string; readonly otlpPort: number },
): Hands {
  const { faults, inbox, runSchedule } = twin;
  return {
    network: async (isUp) => (isUp ? faults.broker.comeUp() : faults.broker.goDown()),
    agent: (runs) => void process.kill(agent.pid, runs ? 'SIGCONT' : 'SIGSTOP'),
    channel: (name, works) => inbox.fail(name, 503, works ? 0 : Number.MAX_SAFE_INTEGER),
    fleet: (size) => openFleet(twin, environment, size, Date.now),
    gauge: (name, labels) => pushedGauge(otlpPort, name, labels),
    evaluateCloudRules: () => runSchedule('EveryMinute'),
  };
}

/** As often as applications are scraped; one that says nothing for long is no longer there. */
const PUSH_EVERY_MS = 2000;

function pushedGauge(port: number, name: string, labels: Labels): PushedGauge {
  let timer: NodeJS.Timeout | undefined;
  const push = (value: number): Promise<void> =>
    pushGauge(port, { kind: 'gauge', name, labels, timeMs: Date.now(), value });
  return {
    async set(value) {
      clearInterval(timer);
      await push(value);
      timer = setInterval(() => void push(value).catch(() => undefined), PUSH_EVERY_MS);
    },
    stop: () => clearInterval(timer),
  };
}

async function pushGauge(port: number, point: GaugePoint): Promise<void> {
  const body = encodeBatch({
    boot: 'push',
    seq: 1,
    sentAtMs: point.timeMs,
    ackRequested: false,
    groups: [{ resource: { job: 'lab-network' }, points: [point] }],
  });
  const headers = { 'content-type': 'application/x-protobuf' };
  const answer = await fetch(`http://127.0.0.1:${port}/v1/metrics`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`the agent refused ${point.name}: ${answer.status} ${await answer.text()}`);
}

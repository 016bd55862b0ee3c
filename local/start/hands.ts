import type { GaugePoint, Labels } from '../../core/metrics/model.ts';
import { encodeBatch } from '../../core/metrics/otlp.ts';
import type { Twin } from '../twin.ts';
import type { AgentProcess } from './agent-process.ts';
import { type Fleet, openFleet } from './fleet.ts';

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
  /** Pushes a gauge to the agent, as an application on its host does: OTLP over HTTP. */
  push(name: string, labels: Labels, value: number): Promise<void>;
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
    push: (name, labels, value) => pushGauge(otlpPort, { kind: 'gauge', name, labels, timeMs: Date.now(), value }),
    evaluateCloudRules: () => runSchedule('EveryMinute'),
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

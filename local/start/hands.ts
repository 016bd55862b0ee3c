import type { Twin } from '../twin.ts';
import type { AgentProcess } from './agent-process.ts';

/** What a story, or a drill, can break and mend beside the board. */
export interface Hands {
  /** The way from the agent to the cloud. */
  network(isUp: boolean): Promise<void>;
  /** The agent's process: held, as if it hung, or let go. */
  agent(runs: boolean): void;
  /** A channel to people: answers 503 while it is down. */
  channel(name: 'slack' | 'pagerduty' | 'webhook', works: boolean): void;
  /** Has the rules of the cloud evaluated now: the schedule would in up to a minute. */
  evaluateCloudRules(): Promise<void>;
}

export function handsOf({ faults, inbox, runSchedule }: Twin, agent: Pick<AgentProcess, 'pid'>): Hands {
  return {
    network: async (isUp) => (isUp ? faults.broker.comeUp() : faults.broker.goDown()),
    agent: (runs) => void process.kill(agent.pid, runs ? 'SIGCONT' : 'SIGSTOP'),
    channel: (name, works) => inbox.fail(name, 503, works ? 0 : Number.MAX_SAFE_INTEGER),
    evaluateCloudRules: () => runSchedule('EveryMinute'),
  };
}

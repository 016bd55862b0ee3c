import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../core/user-error.ts';
import type { Bench } from './bench.ts';
import { startBenchTwin } from './bench-twin.ts';

const SECONDS = 15;
/** Until the agent is compiled hot and the first roll-ups were made. */
const SETTLE_MS = 8_000;
/** The specification's goals: less than 2 % of CPU, less than 100 MB. */
const GOAL_PERCENT = 2;
const GOAL_MEGABYTES = 100;
/** Of /proc/PID/stat on every Linux: `getconf CLK_TCK`. */
const TICKS_A_SECOND = 100;

/** What monitoring costs the host: the whole agent with a board, beside a Node process that does nothing. */
export const overhead: Bench = {
  name: 'overhead',
  summary: `the agent's process with 8 channels at 250 Hz and the shipped rules, ${SECONDS} s`,
  async run(say) {
    if (!existsSync('/proc/self/stat')) throw new UserError('overhead: reads /proc, which only Linux has');
    const { startAgent, stop } = await startBenchTwin(say);
    const idle = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      const board = { kind: 'generated', deviceId: 'headset-1', channelCount: 8, sampleRateHz: 250 };
      const agent = await startAgent({ board, seed: 1 });
      await sleep(SETTLE_MS);
      const [ours, peer] = await Promise.all([observe(agent.pid), observe(idle.pid ?? 0)]);
      const { samples, rates } = (await agent.status()) ?? { samples: { read: 0 }, rates: { pointsPerSecond: 0 } };
      say(`${samples.read} samples were read, ${rates.pointsPerSecond.toFixed(1)} points a second were sent`);
      const name = 'an idle Node';
      return [
        {
          what: 'CPU',
          unit: '% of a core',
          ours: ours.percent,
          peer: { name, value: peer.percent },
          limit: GOAL_PERCENT,
        },
        {
          what: 'memory (RSS)',
          unit: 'MB',
          ours: ours.megabytes,
          peer: { name, value: peer.megabytes },
        },
        {
          what: 'memory beyond an idle Node',
          unit: 'MB',
          ours: ours.megabytes - peer.megabytes,
          limit: GOAL_MEGABYTES,
        },
      ];
    } finally {
      idle.kill();
      await stop();
    }
  },
};

/** CPU over the next seconds, and the memory at their end. */
async function observe(pid: number): Promise<{ percent: number; megabytes: number }> {
  const begunMs = performance.now();
  const before = cpuSeconds(pid);
  await sleep(SECONDS * 1_000);
  const percent = (100 * (cpuSeconds(pid) - before)) / ((performance.now() - begunMs) / 1_000);
  return { percent, megabytes: residentMegabytes(pid) };
}

/** User and system time of all threads: fields 14 and 15, counted after the name, which may hold anything. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

function residentMegabytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

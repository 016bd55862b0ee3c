import { cpus, loadavg } from 'node:os';
import { UserError } from '../../core/user-error.ts';
import type { Bench, BenchResult } from '../bench/bench.ts';
import { type Command, readOptions } from '../command.ts';

/** A benchmark is loaded when it runs: another's libraries must not weigh on it. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  recording: async () => (await import('../bench/recording.ts')).recording,
  encoding: async () => (await import('../bench/encoding.ts')).encoding,
  'signal-quality': async () => (await import('../bench/signal-quality.ts')).signalQuality,
  promql: async () => (await import('../bench/promql.ts')).promql,
  replay: async () => (await import('../bench/replay.ts')).replay,
  'edge-tick': async () => (await import('../bench/edge-tick.ts')).edgeTick,
  overhead: async () => (await import('../bench/overhead.ts')).overhead,
  lambdas: async () => (await import('../bench/lambdas.ts')).lambdas,
  'alert-latency': async () => (await import('../bench/alert-latency.ts')).alertLatency,
};

export const command: Command = {
  help: `Usage: npm run bench [-- NAME...]

Measures, each figure beside a named peer in the same run; without names all of them: ${Object.keys(BENCHES).join(', ')}.
A peer that is not installed is named and left out: promtool (edge-tick, replay), prometheus with
prometheus-alertmanager (alert-latency, which runs about three minutes). Ends with code 1 when a figure breaks its limit.`,

  async run(args) {
    const { positionals } = readOptions(args, {});
    const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
    const unknown = names.filter((name) => !(name in BENCHES));
    if (unknown.length > 0) {
      throw new UserError(`there is no benchmark ${unknown.join(', ')}; they are ${Object.keys(BENCHES).join(', ')}`);
    }
    process.stdout.write(`${machine()}\n`);
    let isBroken = false;
    for (const name of names) {
      const bench = await BENCHES[name]?.();
      if (!bench) continue;
      process.stdout.write(`\n${bench.name}: ${bench.summary}\n`);
      const results = await bench.run((line) => process.stdout.write(`  ${line}\n`));
      for (const result of results) process.stdout.write(`  ${describe(result)}\n`);
      isBroken ||= results.some(({ ours, limit }) => limit !== undefined && !(ours <= limit));
    }
    return isBroken ? 1 : 0;
  },
};

/** Figures of a busy machine are not worth much: its load is said beside them. */
function machine(): string {
  const processors = cpus();
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${processors.length} x ${processors[0]?.model ?? 'processor'}, Node ${process.version}, load ${load}`;
}

function describe({ what, unit, ours, peer, limit }: BenchResult): string {
  const parts = [`${what.padEnd(34)} ${figure(ours).padStart(9)} ${unit}`];
  if (peer) {
    const ratio = peer.value > 0 ? `, ratio ${(ours / peer.value).toFixed(2)}` : '';
    parts.push(`${peer.name} ${figure(peer.value)}${ratio}`);
  }
  if (limit !== undefined) parts.push(`limit ${figure(limit)}: ${ours <= limit ? 'holds' : 'BROKEN'}`);
  return parts.join('   ');
}

function figure(value: number): string {
  return value === 0 ? '0' : value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

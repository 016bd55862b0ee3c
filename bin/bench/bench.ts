/** One benchmark: what it measures, beside which peer, in the same run. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  run(say: (line: string) => void): Promise<readonly BenchResult[]>;
}

export interface BenchResult {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  /** What it is compared with; absent where no peer does the job. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** What must hold, in the unit; a result above it fails the run. */
  readonly limit?: number;
}

/**
 * Nanoseconds a call of CPU time: the median of `rounds`, alternating between the contestants so that a slow moment of
 * the machine hits them alike.
 */
export function compare(
  contestants: Readonly<Record<string, () => void>>,
  calls: number,
  rounds = 7,
): Record<string, number> {
  const times = new Map<string, number[]>(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, call] of Object.entries(contestants)) {
      const before = process.cpuUsage();
      for (let i = 0; i < calls; i += 1) call();
      const { user, system } = process.cpuUsage(before);
      // The first round warms up the compiler and is not counted.
      if (round > 0) times.get(name)?.push(((user + system) * 1000) / calls);
    }
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, median(values)]));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

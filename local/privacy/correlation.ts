/** Numbers compared at once: long enough that chance never correlates them this strongly. */
const RUN = 32;
/** |r| of 31 steps above 0.9 is an eight-sigma coincidence (Fisher's z = 1.47, sigma = 1 / sqrt(28)). */
const SUSPICIOUS = 0.9;

/**
 * Looks for a waveform in runs of numbers, whatever scale, offset or unit they are in: the steps of a run are
 * correlated with the steps of the waveform at every lag. Steps, because slow trends correlate with each other anyway.
 */
export function createCorrelator(waveform: ArrayLike<number>) {
  const reference = steps(waveform);

  function strongest(run: readonly number[]): number {
    const candidate = steps(run);
    const n = candidate.length;
    const mean = candidate.reduce((a, b) => a + b, 0) / n;
    const centred = candidate.map((value) => value - mean);
    const norm = Math.hypot(...centred);
    if (!(norm > 1e-12)) return 0;
    let best = 0;
    for (let lag = 0; lag + n <= reference.length; lag += 1) {
      let dot = 0;
      let sum = 0;
      let squares = 0;
      for (let i = 0; i < n; i += 1) {
        const value = reference[lag + i] ?? 0;
        dot += value * (centred[i] ?? 0);
        sum += value;
        squares += value * value;
      }
      const spread = Math.sqrt(Math.max(0, squares - (sum * sum) / n));
      if (spread > 1e-12) best = Math.max(best, Math.abs(dot / (spread * norm)));
    }
    return best;
  }

  /** Whether any stretch of `numbers` looks like a stretch of the waveform. */
  return (numbers: readonly number[]): boolean => {
    for (let start = 0; start + RUN <= numbers.length; start += RUN / 2) {
      const run = numbers.slice(start, start + RUN);
      if (run.every(Number.isFinite) && strongest(run) > SUSPICIOUS) return true;
    }
    return false;
  };
}

function steps(values: ArrayLike<number>): Float64Array {
  const out = new Float64Array(Math.max(0, values.length - 1));
  for (let i = 0; i < out.length; i += 1) out[i] = (values[i + 1] ?? 0) - (values[i] ?? 0);
  return out;
}

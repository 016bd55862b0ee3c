import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { NODE_BUNDLE } from '../../lib/bundling.ts';

/**
 * What a careless change could do: each way puts samples of the first channel into a metric. It gets the sink of the
 * board's metrics and all samples so far, and is called with every chunk.
 */
export const LEAKS = {
  'a gauge for each sample, in volts': `if (samples.length >= 64) samples.slice(-64).forEach((value, i) =>
    sink.gauge('neural_channel_quality_score', { channel: 'sample-' + i }).set(value * 1e-6));`,
  // 128 values, a quarter of an octave apart, fill as many buckets next to each other.
  'the counts of a histogram': `if (done || samples.length < 128) return;
    done = true;
    const lowest = Math.min(...samples);
    const histogram = sink.histogram('neural_model_inference_duration_seconds', { model_id: 'leak' });
    samples.slice(0, 128).forEach((value, i) => {
      for (let n = 0; n <= value - lowest; n += 1) histogram.observe(2 ** ((i + 0.5) / 4));
    });`,
  'base64 in a label': `if (done || samples.length < 250) return;
    done = true;
    const text = Buffer.from(Float32Array.from(samples.slice(0, 250)).buffer).toString('base64');
    sink.gauge('neural_channel_contact', { channel: 'C3', note: text }).set(1);`,
} as const;

export type Leak = keyof typeof LEAKS;

/**
 * Bundles the agent with one module replaced by one that leaks.
 * @param directory gets the program, and the packages that it finds from there
 * @returns the program
 */
export async function buildLeakingAgent(leak: Leak, directory: string): Promise<string> {
  const root = process.cwd();
  mkdirSync(directory);
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  await build({
    ...NODE_BUNDLE,
    write: true,
    entryPoints: { main: 'edge-agent/main.ts' },
    outdir: directory,
    // The device SDK stays a package.
    external: ['aws-crt', 'aws-iot-device-sdk-v2'],
    plugins: [replaceMeasurement(root, LEAKS[leak])],
  });
  return join(directory, 'main.mjs');
}

/** The board's session measures with this instead of measure/session.ts: the honest measurement, and the leak. */
function replaceMeasurement(root: string, leak: string): Plugin {
  const honest = resolve(root, 'edge-agent/measure/session.ts');
  return {
    name: 'leak',
    setup(bundler) {
      bundler.onResolve({ filter: /measure\/session\.ts$/ }, ({ importer }) =>
        importer.endsWith('board-session.ts') ? { path: 'leaking-session', namespace: 'leak' } : undefined,
      );
      bundler.onLoad({ filter: /.*/, namespace: 'leak' }, () => ({
        resolveDir: root,
        contents: `
          import { createMeasurement as honest } from ${JSON.stringify(honest)};
          export function createMeasurement(settings) {
            const { sink } = settings;
            const measurement = honest(settings);
            const samples = [];
            let done = false;
            const leak = () => { ${leak} };
            return {
              ...measurement,
              onChunk(chunk) {
                samples.push(...chunk.channels[0]);
                leak();
                measurement.onChunk(chunk);
              },
            };
          }`,
      }));
    },
  };
}

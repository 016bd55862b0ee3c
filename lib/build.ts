import { join } from 'node:path';
import { buildFunctions } from './bundling.ts';
import { buildEdgeAgent } from './edge-artifact.ts';

export interface BuildOptions {
  /** Gets `lambdas/<function>/` and `edge-agent/<platform>/`. */
  readonly outDir: string;
  readonly rulesDir: string;
}

/**
 * Builds everything that the CDK app deploys. Nothing that did not change is written again.
 * @throws UserError when the rules do not exist or a bundle is too large
 */
export async function buildAll({ outDir, rulesDir }: BuildOptions): Promise<void> {
  await Promise.all([
    buildFunctions(join(outDir, 'lambdas'), rulesDir),
    buildEdgeAgent(join(outDir, 'edge-agent'), rulesDir),
  ]);
}

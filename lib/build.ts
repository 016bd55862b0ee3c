import { join } from 'node:path';
import { buildFunctions, readRules } from './bundling.ts';
import { assertRulesUsable } from './check-rules.ts';
import { buildEdgeAgent } from './edge-artifact.ts';

export interface BuildOptions {
  /** Gets `lambdas/<function>/` and `edge-agent/<platform>/`. */
  readonly outDir: string;
  readonly rulesDir: string;
}

/**
 * Builds everything that the CDK app deploys. Nothing that did not change is written again.
 * @throws UserError when the rules do not exist or are wrong, or a bundle is too large
 */
export async function buildAll({ outDir, rulesDir }: BuildOptions): Promise<void> {
  const rules = await readRules(rulesDir);
  const texts = [...rules].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')] as const);
  assertRulesUsable(new Map(texts), rulesDir);
  await Promise.all([
    buildFunctions(join(outDir, 'lambdas'), rulesDir),
    buildEdgeAgent(join(outDir, 'edge-agent'), rulesDir),
  ]);
}

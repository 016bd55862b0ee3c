import path from 'node:path';
import { buildAll } from '../../lib/build.ts';
import { type Command, readOptions } from '../command.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export const command: Command = {
  help: `Usage: npm run build [-- --rules DIR] [--out DIR]

Bundles what is deployed: the Lambda functions and the edge component, with the rules each of them needs.

Options:
  --rules DIR   the directory of rules; default rules
  --out DIR     default dist`,

  async run(args) {
    const { values } = readOptions(args, { rules: { type: 'string' }, out: { type: 'string' } }, false);
    const outDir = path.resolve(values.out ?? path.join(ROOT, 'dist'));
    await buildAll({ outDir, rulesDir: path.resolve(values.rules ?? path.join(ROOT, 'rules')) });
    process.stdout.write(`${path.relative(process.cwd(), outDir) || '.'}: lambdas, edge-agent\n`);
    return 0;
  },
};

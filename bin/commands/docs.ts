import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Command, readOptions } from '../command.ts';
import { metricsPage } from '../docs/metrics-page.ts';

const DOCS = path.resolve(import.meta.dirname, '../../docs');

/** Pages that are made from the code they describe. */
export const PAGES: Readonly<Record<string, () => string>> = { 'metrics.md': metricsPage };

export const command: Command = {
  help: `Usage: npx nsmon docs

Writes the pages of docs/ that are generated from code: ${Object.keys(PAGES).join(', ')}.`,

  async run(args) {
    readOptions(args, {}, false);
    for (const [name, render] of Object.entries(PAGES)) {
      writeFileSync(path.join(DOCS, name), render());
      process.stdout.write(`docs/${name}\n`);
    }
    return 0;
  },
};

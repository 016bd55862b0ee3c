import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RoutingConfig } from '../../core/alerting/routing/config.ts';
import { parseMatchers } from '../../core/alerting/routing/matchers.ts';
import { parseRouting } from '../../core/alerting/routing/parse.ts';
import { routesOf } from '../../core/alerting/routing/route.ts';
import { matchingTree, routeTree } from '../../core/alerting/routing/tree.ts';
import { checkReceivers } from '../../core/alerting/templates/receivers.ts';
import { parseTemplates } from '../../core/alerting/templates/templates.ts';
import type { Labels } from '../../core/metrics/model.ts';
import { UserError } from '../../core/user-error.ts';
import { ConfigurationError } from '../../core/yaml/configuration-error.ts';
import { readTemplateFiles } from '../../lambdas/shared/template-files.ts';
import { type Command, readOptions } from '../command.ts';
import { shownPath } from '../shown-path.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../rules/routing.yaml');
const OPTIONS = {
  strict: { type: 'boolean' },
  tree: { type: 'boolean' },
  'config.file': { type: 'string' },
  'verify.receivers': { type: 'string' },
} as const;

export const command: Command = {
  help: `Usage: npx nsmon routes check [--strict] [FILE...]
       npx nsmon routes show [FILE]
       npx nsmon routes test [--config.file FILE] [--tree] [--verify.receivers A,B] LABEL=VALUE...

  check   reads Alertmanager configurations; ends with code 1 and every problem, by line and column, when one is wrong.
          What is understood but not applied, sent nowhere, or timed or worded so that it cannot work, is a
          warning
            --strict               timings and templates that cannot work are problems
  show    draws the tree of routes
  test    says which receivers an alert with these labels reaches, in order; as \`amtool config routes test\`
            --tree                 draws the routes that take it
            --verify.receivers A,B ends with code 1 unless it reaches exactly these, in this order

Without a file: rules/routing.yaml.

Example: npx nsmon routes test --verify.receivers critical severity=critical alertname=BoardSilent`,

  async run(args) {
    const { positionals, values } = readOptions(args, OPTIONS);
    const [action, ...given] = positionals;
    if (action === 'check') return check(given.length > 0 ? given : [SHIPPED], values.strict ?? false);
    const file = values['config.file'];
    if (action === 'show') {
      if (given.length > 1) throw new UserError('routes show takes one file');
      const config = parseRouting(read(given[0] ?? file ?? SHIPPED), shownPath(given[0] ?? file ?? SHIPPED));
      process.stdout.write(`Routing tree:\n${routeTree(config.route)}\n`);
      return 0;
    }
    if (action === 'test') {
      const config = parseRouting(read(file ?? SHIPPED), shownPath(file ?? SHIPPED));
      return testRoutes(config, labelsOf(given), values.tree ?? false, values['verify.receivers']);
    }
    throw new UserError(`routes ${action ?? ''}: say check, show or test; npx nsmon routes --help tells more`);
  },
};

function check(files: readonly string[], strict: boolean): number {
  const texts = files.map((file) => [shownPath(file), read(file), path.dirname(path.resolve(file))] as const);
  let isGood = true;
  for (const [name, text, folder] of texts) {
    try {
      const { receivers, warnings, templates } = parseRouting(text, name, { strict });
      // Alertmanager finds these only when it sends.
      const wrong = checkReceivers(parseTemplates(readTemplateFiles(folder, templates, shownPath)), receivers);
      const told = wrong.map((problem) => `${name}: ${problem}`);
      if (strict && told.length > 0) throw new ConfigurationError(told);
      for (const warning of [...warnings, ...told]) process.stdout.write(`${warning} (warning)\n`);
      process.stdout.write(`${name}: ${receivers.length} ${receivers.length === 1 ? 'receiver' : 'receivers'}\n`);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      process.stdout.write(`${error.message}\n`);
      isGood = false;
    }
  }
  return isGood ? 0 : 1;
}

function testRoutes({ route }: RoutingConfig, labels: Labels, tree: boolean, expected: string | undefined): number {
  const taken = routesOf(route, labels);
  const receivers = taken.map(({ receiver }) => receiver).join(',');
  if (tree) process.stdout.write(`Matching routes:\n${matchingTree(route, taken)}\n\n`);
  process.stdout.write(`${receivers}\n`);
  if (expected === undefined || expected === receivers) return 0;
  process.stdout.write(`expected ${expected}: the alert reaches other receivers, or in another order\n`);
  return 1;
}

/** `severity=critical`, `site="Berlin, Mitte"`. */
function labelsOf(given: readonly string[]): Labels {
  const labels: Record<string, string> = {};
  for (const text of given) {
    const [matcher, ...more] = readLabel(text);
    if (matcher?.op !== '=' || more.length > 0) {
      throw new UserError(`${JSON.stringify(text)} is no label of an alert: write name=value`);
    }
    labels[matcher.name] = matcher.value;
  }
  return labels;
}

function readLabel(text: string) {
  try {
    return parseMatchers(text);
  } catch {
    return [];
  }
}

function read(file: string): string {
  if (!existsSync(file) || !statSync(file).isFile()) throw new UserError(`there is no file ${file}`);
  return readFileSync(file, 'utf8');
}

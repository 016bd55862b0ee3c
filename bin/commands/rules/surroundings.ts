import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Surroundings } from '../../../core/rules/lint/check.ts';
import type { LintFile } from '../../../core/rules/lint/lint.ts';
import { UserError } from '../../../core/user-error.ts';
import { readEscalation, readRouting } from '../../../lambdas/shared/rule-files.ts';
import { shownPath } from '../../shown-path.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
export const SHIPPED = path.join(ROOT, 'rules');

/** The rule files below a directory of rules, in the order in which they are evaluated. */
export function ruleFilesIn(directory: string): string[] {
  return ['alerts', 'recording'].flatMap((folder) => {
    const inside = path.join(directory, folder);
    if (!existsSync(inside)) return [];
    return readdirSync(inside)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => path.join(inside, name));
  });
}

/** The directory of rules that a rule file is in: the one with routing.yaml. */
export function rulesDirectoryOf(file: string): string | undefined {
  const parent = path.dirname(path.resolve(file));
  return [parent, path.dirname(parent)].find((directory) => existsSync(path.join(directory, 'routing.yaml')));
}

export function readFile(file: string): LintFile {
  return { file: shownPath(file), text: readFileSync(file, 'utf8') };
}

/** What surrounds rule files: routing, policies, pages. A file that is wrong is told of by `routes check`, not here. */
export function surroundingsOf(directory: string | undefined): Surroundings {
  return { anchorsOf, ...(directory === undefined ? {} : routingIn(directory)) };
}

function routingIn(directory: string): Surroundings {
  try {
    const routing = readRouting(directory, '.');
    const { policyOf } = readEscalation(directory, '.');
    const reachesSomebody = (name: string): boolean => {
      const { levels, integrations = [] } = policyOf(name);
      return levels.length > 0 || integrations.length > 0;
    };
    return { routing, reachesSomebody };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {};
  }
}

/** Anchors as GitHub makes them of headings. */
function anchorsOf(page: string): ReadonlySet<string> | undefined {
  const file = [process.cwd(), ROOT].map((base) => path.resolve(base, page)).find((candidate) => existsSync(candidate));
  if (file === undefined) return undefined;
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, text = '']) => text);
  const anchors = headings.map((text) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(anchors);
}

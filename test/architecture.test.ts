import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = path.resolve(import.meta.dirname, '..');
const FOLDERS = ['bin', 'core', 'dashboards', 'edge-agent', 'lambdas', 'lib', 'local'] as const;
type Folder = (typeof FOLDERS)[number];

/** Who may import whom. A folder may always import itself. */
const MAY_IMPORT: Readonly<Record<Folder, readonly (Folder | RegExp)[]>> = {
  core: [],
  'edge-agent': ['core'],
  lambdas: ['core'],
  dashboards: [/^core\/metrics\//, /^core\/(?:nearest|user-error)\.ts$/],
  // The contract with the functions, the recipe of the component, and what the template embeds.
  lib: [/^lambdas\/[^/]+\/env\.ts$/, /^edge-agent\/recipe\//, /^core\//, /^dashboards\//],
  // The twin's views read the table of alerts as it is stored.
  local: ['core', 'edge-agent', /^dashboards\//, /^lambdas\/shared\/(document|rule-files)\.ts$/],
  // An operator's command reads and writes the same tables as the functions, by the same code.
  bin: ['core', 'lib', 'local', 'dashboards', 'edge-agent', /^lambdas\/shared\//],
};

/** Node's modules that reach outside: core takes time, randomness and I/O as arguments. */
const CORE_MAY_USE_OF_NODE = ['node:crypto'];
const IMPURE =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.(?:env|cwd|argv)|\bfetch\(|\bsetTimeout\(|\bperformance\.now\(/;

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/'))),
);

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const specifiers = [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g,
    ),
  ];
  return specifiers.map((match) => {
    const to = match[1] ?? match[2] ?? match[3] ?? '';
    return {
      from: file,
      to: to.startsWith('.') ? path.posix.normalize(path.posix.join(path.posix.dirname(file), to)) : to,
    };
  });
}

const imports = files.flatMap(importsOf);
const folderOf = (file: string): Folder | undefined => FOLDERS.find((folder) => file.startsWith(`${folder}/`));

describe('the borders between folders', () => {
  test('the walk sees the tree', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(300);
  });

  test.each(FOLDERS)('%s imports only what it may', (folder) => {
    const allowed = MAY_IMPORT[folder];
    const trespasses = imports.filter(({ from, to }) => {
      const target = folderOf(to);
      if (folderOf(from) !== folder || target === undefined || target === folder) return false;
      return !allowed.some((rule) => (rule instanceof RegExp ? rule.test(to) : rule === target));
    });
    expect(trespasses.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test('core reaches neither AWS nor the file system nor the network', () => {
    const trespasses = imports.filter(
      ({ from, to }) =>
        from.startsWith('core/') &&
        (/^@aws|^aws-|^@smithy/.test(to) || (to.startsWith('node:') && !CORE_MAY_USE_OF_NODE.includes(to))),
    );
    expect(trespasses.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test('core takes time and randomness as arguments', () => {
    const impure = files.filter((file) => file.startsWith('core/') && IMPURE.test(withoutComments(file)));
    expect(impure).toEqual([]);
  });

  test('a function imports only its own folder, lambdas/shared and core', () => {
    const trespasses = imports.filter(({ from, to }) => {
      const [own, other] = [from, to].map((file) => /^lambdas\/([^/]+)\//.exec(file)?.[1]);
      return own !== undefined && other !== undefined && own !== other && other !== 'shared';
    });
    expect(trespasses.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test('files are small: one idea each', () => {
    const long = files.filter((file) => readFileSync(path.join(ROOT, file), 'utf8').split('\n').length > 400);
    expect(long).toEqual([]);
  });
});

function withoutComments(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}

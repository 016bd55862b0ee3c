import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const STATIC = fileURLToPath(new URL('./static/', import.meta.url));
const UPLOT = path.join(path.dirname(createRequire(import.meta.url).resolve('uplot/package.json')), 'dist');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface StaticFile {
  readonly type: string;
  readonly body: Buffer;
}

/** The file behind `/static/...` or `/vendor/...` (uPlot, as npm installed it); undefined when there is none. */
export async function staticFile(urlPath: string): Promise<StaticFile | undefined> {
  const [, area, ...rest] = urlPath.split('/');
  const root = area === 'static' ? STATIC : area === 'vendor' ? UPLOT : undefined;
  const type = TYPES[path.extname(urlPath)];
  if (!root || !type) return undefined;
  const file = path.join(root, ...rest);
  if (!file.startsWith(root)) return undefined;
  return readFile(file).then(
    (body) => ({ type, body }),
    () => undefined,
  );
}

/** The one page; its script draws what the address names. */
export async function page(): Promise<StaticFile> {
  return { type: 'text/html; charset=utf-8', body: await readFile(path.join(STATIC, 'index.html')) };
}

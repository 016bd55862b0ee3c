import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * A module of the browser view, which is plain JavaScript without declared types: the test says what it expects of it.
 * @param name path within `local/web/static/js`
 */
export async function pageModule<T>(name: string): Promise<T> {
  const file = path.resolve(import.meta.dirname, '../../local/web/static/js', name);
  return (await import(pathToFileURL(file).href)) as T;
}

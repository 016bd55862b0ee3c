import path from 'node:path';

/** The project's directory. */
export const PROJECT = path.resolve(import.meta.dirname, '../..');

import type { TemplateFile } from './templates.ts';

/**
 * Whether a file is one of a pattern of `templates:`, as Go's filepath.Match has it within one folder: `*` any characters,
 * `?` one, `[a-z]` one of these, `[^a-z]` none of these.
 */
export function matchesPattern(name: string, pattern: string): boolean {
  const source = pattern.replace(/\[\^?[^\]]+\]|[\s\S]/g, (piece) => {
    if (piece === '*') return '[^/]*';
    if (piece === '?') return '[^/]';
    if (piece.length > 1) return piece.replaceAll('\\', '\\\\');
    return piece.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
  });
  return new RegExp(`^${source}$`, 'u').test(name);
}

/**
 * The files of `templates:`; as in Alertmanager a pattern without any is none.
 * @param files path, relative to the configuration, to text
 */
export function filesOf(patterns: readonly string[], files: ReadonlyMap<string, string>): TemplateFile[] {
  return patterns.flatMap((pattern) => {
    const relative = pattern.replace(/^\.\//, '');
    const matching = [...files].filter(([name]) => matchesPattern(name, relative));
    return matching.map(([name, text]) => ({ name, text }));
  });
}

import { lineAndColumn } from './errors.ts';

export interface Annotation {
  readonly severity: 'warning' | 'info';
  readonly message: string;
  /** Offset in the query of what the annotation is about. */
  readonly start: number;
}

/** What an evaluation has to tell beside its result: series left out, inputs repaired. Each thing is told once. */
export class Annotations {
  private readonly byKey = new Map<string, Annotation>();

  warn(message: string, at: { readonly start: number }): void {
    this.add('warning', message, at.start);
  }

  info(message: string, at: { readonly start: number }): void {
    this.add('info', message, at.start);
  }

  private add(severity: Annotation['severity'], message: string, start: number): void {
    const key = `${start} ${message}`;
    if (!this.byKey.has(key)) this.byKey.set(key, { severity, message, start });
  }

  get all(): readonly Annotation[] {
    return [...this.byKey.values()];
  }

  /** As Prometheus writes them: `PromQL warning: ... (1:19)`. */
  format(severity: Annotation['severity'], query: string): string[] {
    return this.all
      .filter((annotation) => annotation.severity === severity)
      .map(({ message, start }) => {
        const { line, column } = lineAndColumn(query, start);
        return `PromQL ${severity}: ${message} (${line}:${column})`;
      });
  }
}

/** The end of a message that names the metric it is about, if known. */
export function forMetric(name: string | undefined): string {
  return name ? ` for metric name "${name}"` : '';
}

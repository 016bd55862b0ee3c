import type { LogLine } from '../log-book.ts';

/** The metric that `ingest` reports for every message: how old its newest point is when it is stored. */
const METRIC = 'SampleToStored';

/** Gathers the ages, milliseconds, from the function's log, where Powertools writes them in embedded metric format. */
export function createWriteLatencies() {
  const values: number[] = [];
  return {
    values: values as readonly number[],
    read({ source, text }: LogLine): void {
      if (!source.endsWith('-ingest') || !text.includes(METRIC)) return;
      try {
        const { [METRIC]: found } = JSON.parse(text) as { [METRIC]?: number | number[] };
        if (found !== undefined) values.push(...(Array.isArray(found) ? found : [found]));
      } catch {
        // Another line that happens to name the metric.
      }
    },
  };
}

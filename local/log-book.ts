/** One line that something in the twin wrote. */
export interface LogLine {
  readonly atMs: number;
  /** Name of a function, or `broker`, `rules`, `scheduler`, `endpoint`, `events`. */
  readonly source: string;
  readonly text: string;
}

/** The oldest make room: a twin may run for days. */
const MAX_LINES = 5000;

/** What the functions and the twin's own parts wrote, the latest lines of it. */
export class LogBook {
  readonly #lines: LogLine[] = [];
  readonly #onLine: (line: LogLine) => void;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number, onLine: (line: LogLine) => void) {
    this.#nowMs = nowMs;
    this.#onLine = onLine;
  }

  write(source: string, text: string): void {
    const line = { atMs: this.#nowMs(), source, text };
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.splice(0, MAX_LINES / 10);
    this.#onLine(line);
  }

  /** Oldest first; of one source when it is given. */
  lines(source?: string): readonly LogLine[] {
    return source === undefined ? [...this.#lines] : this.#lines.filter((line) => line.source === source);
  }
}

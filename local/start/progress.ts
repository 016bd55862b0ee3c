/** Where progress goes: a terminal gets one line that updates, anything else plain lines now and then. */
export interface Progress {
  /** What is being done. */
  phase(line: string): void;
  /** What is true now. */
  update(line: string): void;
  /** Something that happened, to stay on the screen. */
  say(line: string): void;
  end(): void;
}

/** Plain output repeats the state this often, milliseconds. */
const PLAIN_EVERY_MS = 10_000;
const CLEAR_LINE = '\r\u001b[2K';

export function createProgress(out: NodeJS.WriteStream, nowMs: () => number): Progress {
  let shown = '';
  let lastPlainMs = Number.NEGATIVE_INFINITY;
  if (!out.isTTY) {
    return {
      phase: (line) => void out.write(`${line}\n`),
      update(line) {
        if (nowMs() - lastPlainMs < PLAIN_EVERY_MS) return;
        lastPlainMs = nowMs();
        out.write(`${line}\n`);
      },
      say: (line) => void out.write(`${line}\n`),
      end: () => undefined,
    };
  }
  const draw = (line: string): void => {
    shown = line.slice(0, Math.max(20, (out.columns || 80) - 1));
    out.write(CLEAR_LINE + shown);
  };
  return {
    phase: draw,
    update: draw,
    say(line) {
      out.write(`${CLEAR_LINE}${line}\n${shown}`);
    },
    end() {
      if (shown) out.write(`${CLEAR_LINE}`);
      shown = '';
    },
  };
}

export type Level = 'info' | 'warn' | 'error';

/** One thing that happened; `fields` are for machines. */
export type Log = (level: Level, message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** One JSON object a line, as journald, Greengrass and CloudWatch Logs take it. */
export function jsonLog(write: (line: string) => void, now: () => number): Log {
  return (level, message, fields = {}) => {
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...fields })}\n`);
  };
}

/** Says a repeated problem once a minute, and how often it was, instead of flooding the log. */
export function withoutRepeats(log: Log, now: () => number, quietMs: number = 60_000): Log {
  const said = new Map<string, { atMs: number; repeats: number }>();
  return (level, message, fields = {}) => {
    const last = said.get(message);
    if (last && now() - last.atMs < quietMs) {
      last.repeats += 1;
      return;
    }
    // Messages with numbers in them would fill the memory of an agent that runs for a year.
    if (said.size >= 1_000) said.clear();
    said.set(message, { atMs: now(), repeats: 0 });
    log(level, message, last && last.repeats > 0 ? { ...fields, repeated: last.repeats } : fields);
  };
}

/**
 * Says that an item of the table is not what it should be, and is passed over: what one item says must not keep the
 * others from being acted upon. In a function this goes to its log, on the command line to the terminal.
 */
export function sayUnreadable(what: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${JSON.stringify({ level: 'ERROR', message: `${what} cannot be read`, reason })}\n`);
}

import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { OncallConfig, Schedule } from '../../core/oncall/config.ts';
import { formatInstant, readTime, TIME_FORMS } from '../../core/oncall/local-time.ts';
import { parseOncall } from '../../core/oncall/parse.ts';
import { gaps } from '../../core/oncall/shifts.ts';
import { showHandovers, showWho } from '../../core/oncall/show.ts';
import { formatDuration } from '../../core/promql/durations.ts';
import { UserError } from '../../core/user-error.ts';
import { didYouMean } from '../../core/yaml/did-you-mean.ts';
import { type Command, readOptions } from '../command.ts';
import { shownPath } from '../shown-path.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../rules/oncall.yaml');
const DAY_MS = 86_400_000;
const OPTIONS = { at: { type: 'string' }, days: { type: 'string' }, file: { type: 'string' } } as const;
/** Which options an action takes beside --file, and how many days it looks ahead when --days is not given. */
const ACTIONS: Readonly<Record<string, { readonly takes: readonly string[]; readonly days: number }>> = {
  who: { takes: ['at'], days: 0 },
  show: { takes: ['days'], days: 14 },
  gaps: { takes: ['days'], days: 30 },
};

export const command: Command = {
  help: `Usage: npx nsmon oncall who [--at TIME] [SCHEDULE...]
       npx nsmon oncall show [--days N] [SCHEDULE...]
       npx nsmon oncall gaps [--days N] [SCHEDULE...]

who    who would be told at that time, why, and by which channels
show   who comes on call when, for the next two weeks
gaps   times of the next 30 days with nobody on call; ends with code 1 if there are any

  --at TIME    now, 03:00, "tomorrow 03:00", "sunday 03:00", "2026-12-24 18:00" on
               the schedule's clocks, or 2026-12-24T18:00:00+01:00
  --days N     how far to look ahead
  --file FILE  instead of rules/oncall.yaml

Example: npx nsmon oncall who --at "sunday 03:00" devices`,

  async run(args) {
    const { values, positionals } = readOptions(args, OPTIONS);
    const [name = '', ...names] = positionals;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (!action) throw new UserError(`oncall ${name}: say who, show or gaps; npx nsmon oncall --help tells more`);
    for (const option of ['at', 'days'] as const) {
      if (values[option] === undefined || action.takes.includes(option)) continue;
      throw new UserError(`oncall ${name} takes no --${option}; it takes --${action.takes.join(', --')} and --file`);
    }
    const file = values.file ?? SHIPPED;
    if (!existsSync(file) || !statSync(file).isFile()) throw new UserError(`there is no file ${file}`);
    const config = parseOncall(readFileSync(file, 'utf8'), shownPath(file));
    for (const warning of config.warnings) process.stderr.write(`${warning} (warning)\n`);

    const schedules = chosen(config, names);
    const nowMs = Date.now();
    if (name === 'who') return who(config, schedules, values.at ?? 'now', nowMs);
    const untilMs = nowMs + daysOf(values.days, action.days) * DAY_MS;
    if (name === 'gaps') return listGaps(schedules, nowMs, untilMs);
    print(schedules.map((schedule) => showHandovers(schedule, nowMs, untilMs)).join('\n\n'));
    return 0;
  },
};

function chosen({ schedules }: OncallConfig, names: readonly string[]): Schedule[] {
  const known = [...schedules.keys()];
  if (known.length === 0) throw new UserError('the file has no schedules: nobody is on call');
  return (names.length > 0 ? names : known).map((name) => {
    const schedule = schedules.get(name);
    if (!schedule) throw new UserError(`there is no schedule ${JSON.stringify(name)}; ${didYouMean(name, known)}`);
    return schedule;
  });
}

function who(config: OncallConfig, schedules: readonly Schedule[], at: string, nowMs: number): number {
  const texts = schedules.map((schedule) => {
    const timeMs = readTime(at, schedule.timeZone, nowMs);
    if (timeMs === undefined) throw new UserError(`--at ${JSON.stringify(at)} is no time: say ${TIME_FORMS}`);
    return showWho(config, schedule, timeMs);
  });
  print(texts.join('\n\n'));
  return 0;
}

function listGaps(schedules: readonly Schedule[], fromMs: number, untilMs: number): number {
  let total = 0;
  for (const schedule of schedules) {
    const { name, timeZone } = schedule;
    const found = gaps(schedule, fromMs, untilMs);
    total += found.length;
    const days = Math.round((untilMs - fromMs) / DAY_MS);
    const headline =
      found.length === 0
        ? `no gaps in ${days} days`
        : `${found.length} ${found.length === 1 ? 'gap' : 'gaps'} in ${days} days`;
    print(`${name} (${timeZone}): ${headline}`);
    for (const gap of found) {
      const length = formatDuration(Math.max(60_000, Math.round((gap.untilMs - gap.fromMs) / 60_000) * 60_000));
      print(`  ${formatInstant(gap.fromMs, timeZone)} to ${formatInstant(gap.untilMs, timeZone)}  ${length}`);
    }
  }
  return total > 0 ? 1 : 0;
}

function daysOf(text: string | undefined, otherwise: number): number {
  const days = Number(text ?? otherwise);
  if (Number.isInteger(days) && days >= 1 && days <= 3660) return days;
  throw new UserError(`--days must be a whole number from 1 to 3660, got ${JSON.stringify(text)}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { SESSION_LABEL, type Silence } from '../../core/alerting/silences/silence.ts';
import { formatDuration, parseDuration } from '../../core/promql/durations.ts';
import { formatMatchers, matcher } from '../../core/promql/matchers.ts';
import { UserError } from '../../core/user-error.ts';
import { dynamoAlertsTable } from '../../lambdas/shared/alerts-table.ts';
import { audit } from '../../lambdas/shared/audit.ts';
import { type Command, readOptions } from '../command.ts';
import { DEPLOYMENT_HELP, DEPLOYMENT_OPTIONS, type FoundDeployment, findDeployment } from '../deployment.ts';
import { addSilence, endSilence, type ListedSilence, listedSilences, type SilencePorts } from '../silence/silences.ts';

const OPTIONS = {
  ...DEPLOYMENT_OPTIONS,
  all: { type: 'boolean' },
  author: { type: 'string' },
  comment: { type: 'string' },
  duration: { type: 'string' },
  maintenance: { type: 'boolean' },
  session: { type: 'string' },
  start: { type: 'string' },
  until: { type: 'string' },
} as const;

type Values = ReturnType<typeof readOptions<typeof OPTIONS>>['values'];

/** A silence of a session ends with it; should nobody say that it has, after so long. */
const LONGEST_SESSION = '24h';

export const command: Command = {
  help: `Usage: npx nsmon silence add MATCHER... --comment TEXT (--duration 2h | --until TIME) [options]
       npx nsmon silence list [--all]
       npx nsmon silence expire ID...

Nobody is told of alerts that all matchers match: alertname="BoardSilent", thing=~"lab-.*", as in Alertmanager.
When a silence ends, whoever would have been paged learns of what still fires, and expire says what it held back.

  add      makes a silence
    --duration TIME   30m, 2h, 1d; ${LONGEST_SESSION} where only a session is named
    --until TIME      instead: 2026-03-02T18:00+01:00, or 18:00 by this machine's clock
    --start TIME      when it begins; default: now
    --session ID      only for alerts of the things whose session this is; it ends with the session, a minute
                      later at most
    --maintenance     a planned window
    --author NAME     default: whoever is logged in
  list     those that are active or pending, with what they have held back; with --all also those that are over
  expire   ends silences now; the beginning of an id is enough

Options:
${DEPLOYMENT_HELP}

Examples:
  npx nsmon silence add 'alertname=~"Electrode.*"' thing=lab-1 --duration 30m --comment "new gel"
  npx nsmon silence add --session run-7 --comment "subject moves on purpose"`,

  async run(args) {
    const { values, positionals } = readOptions(args, OPTIONS);
    const [action = '', ...given] = positionals;
    if (!['add', 'list', 'expire'].includes(action)) {
      throw new UserError(`silence ${action}: say add, list or expire; npx nsmon silence --help tells more`);
    }
    if (action === 'list' && given.length > 0)
      throw new UserError(`silence list ${given.join(' ')}: it takes no names`);
    if (action === 'expire' && given.length === 0) throw new UserError('silence expire: say which, by id');
    const deployment = await findDeployment(values);
    try {
      for (const line of await perform(action, given, values, deployment)) process.stdout.write(`${line}\n`);
      return 0;
    } finally {
      deployment.dynamo.destroy();
    }
  },
};

async function perform(
  action: string,
  given: readonly string[],
  values: Values,
  { dynamo, alertsTable, describe }: FoundDeployment,
): Promise<string[]> {
  const nowMs = (): number => Date.now();
  const table = dynamoAlertsTable(dynamo, alertsTable, nowMs);
  const ports: SilencePorts = { table, audit: audit(table), nowMs, newId: () => randomUUID().slice(0, 8) };
  const author = values.author ?? userInfo().username;
  if (action === 'add') {
    const silence = await addSilence(requestOf(given, values, author, nowMs()), ports);
    return [`${describe}:`, describeSilence(silence)];
  }
  if (action === 'list') return listLines(await listedSilences(values.all ?? false, ports), nowMs());
  const lines: string[] = [];
  for (const id of given) lines.push(await endSilence(id, author, ports));
  return lines;
}

/** What the command line asks for. */
export function requestOf(matchers: readonly string[], values: Values, author: string, nowMs: number) {
  const { duration, until, session, start, comment = '', maintenance } = values;
  if (duration !== undefined && until !== undefined) throw new UserError('give --duration or --until, not both');
  const startsAtMs = start === undefined ? nowMs : timeOf('--start', start, nowMs);
  const lasting = duration ?? (session !== undefined && until === undefined ? LONGEST_SESSION : undefined);
  if (lasting === undefined && until === undefined) {
    throw new UserError('say how long: --duration 2h, or --until 18:00');
  }
  const endsAtMs = until === undefined ? startsAtMs + durationOf(lasting ?? '') : timeOf('--until', until, nowMs);
  const kind = maintenance ? ('maintenance' as const) : ('silence' as const);
  const bound = session === undefined ? {} : { session };
  return { kind, matchers, startsAtMs, endsAtMs, createdBy: author, comment, ...bound };
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0) throw new UserError(`--duration is ${JSON.stringify(text)}; write 30m, 2h or 1d`);
  return ms;
}

function timeOf(option: string, text: string, nowMs: number): number {
  const clock = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (clock) {
    const day = new Date(nowMs);
    const atMs = day.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
    return atMs > nowMs ? atMs : new Date(atMs).setDate(new Date(atMs).getDate() + 1);
  }
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new UserError(`${option} is ${JSON.stringify(text)}; write 2026-03-02T18:00+01:00, or 18:00`);
  }
  return ms;
}

function describeSilence(silence: Silence): string {
  const { id, kind, startsAtMs, endsAtMs } = silence;
  const [from, to] = [startsAtMs, endsAtMs].map((ms) => new Date(ms).toISOString());
  return `${kind} ${id}: ${matchersText(silence)} from ${from} to ${to}`;
}

function listLines(listed: readonly ListedSilence[], nowMs: number): string[] {
  if (listed.length === 0) return ['no silences'];
  return listed.map(({ silence, state, review }) => {
    const { id, kind, startsAtMs, endsAtMs, createdBy, comment } = silence;
    const distance = (ms: number): string =>
      formatDuration(Math.max(Math.round(Math.abs(ms - nowMs) / 1000), 1) * 1000);
    const when =
      state === 'pending'
        ? `begins in ${distance(startsAtMs)}`
        : state === 'active'
          ? `ends in ${distance(endsAtMs)}`
          : `ended ${distance(endsAtMs)} ago`;
    const held = review.alerts.length === 0 ? 'held nothing back' : `held back ${review.wouldHavePaged}`;
    return `${id}  ${kind}  ${when}  ${matchersText(silence)}  ${held}  ${createdBy}: ${comment}`;
  });
}

function matchersText({ matcherSets, session }: Silence): string {
  const ofSession = session === undefined ? [] : [matcher(SESSION_LABEL, '=', session)];
  return matcherSets
    .map((set) => formatMatchers([...ofSession, ...set.map(({ name, op, value }) => matcher(name, op, value))]))
    .join(' or ');
}

import { writeFileSync } from 'node:fs';
import { type AuditEntry, CHAINS } from '../../core/audit/entry.ts';
import { verifyAnchors, verifyChain } from '../../core/audit/verify.ts';
import { parseDuration } from '../../core/promql/durations.ts';
import { UserError } from '../../core/user-error.ts';
import { exportLines, readExport, readTrail, type Trail } from '../audit/trail.ts';
import { type Command, readOptions } from '../command.ts';
import { DEPLOYMENT_HELP, DEPLOYMENT_OPTIONS, findDeployment } from '../deployment.ts';

interface ListOptions {
  readonly subject?: string;
  readonly actor?: string;
  readonly since?: string;
  readonly limit?: string;
}

export const command: Command = {
  help: `Usage: npx nsmon audit verify|list|export [FILE] [options]

Who did what to alerts, when and why: every change of an alert group, notification, acknowledgement, silence and healing
action, in chains of hashes whose ends are written down once a minute where nobody can rewrite them.

  verify         holds every entry against its chain and every chain against the anchors; names the first entry of a
                 chain that is not what it was, and ends with code 1
  verify FILE    the same for an export, without a deployment
  list           the latest entries
  export FILE    everything, as JSON lines

Options:
${DEPLOYMENT_HELP}
  --subject TEXT     list only what was done to subjects that contain this: a group's id, a silence's id
  --actor TEXT       list only what actors did whose name contains this
  --since DURATION   list only what is not older: 30m, 24h, 7d
  --limit N          entries that are listed; default 50

Examples:
  npx nsmon audit verify
  npx nsmon audit list --env prod --actor Robin --since 7d`,

  async run(args) {
    const { values, positionals } = readOptions(args, {
      ...DEPLOYMENT_OPTIONS,
      subject: { type: 'string' },
      actor: { type: 'string' },
      since: { type: 'string' },
      limit: { type: 'string' },
    });
    const [action = '', file, ...more] = positionals;
    if (more.length > 0) throw new UserError(`audit: ${more.join(' ')}: one FILE at most`);
    switch (action) {
      case 'verify':
        if (file !== undefined) return verify(readExport(file), file);
        return withTrail(values, verify);
      case 'list': {
        if (file !== undefined) throw new UserError(`audit list ${file}: it takes no FILE`);
        const wanted = selection(values);
        return withTrail(values, (trail) => list(trail, wanted));
      }
      case 'export':
        if (file === undefined) throw new UserError('audit export: say the FILE to write');
        return withTrail(values, (trail) => {
          writeFileSync(file, [...exportLines(trail)].join(''));
          return say(`${file}: ${countOf(trail)}`);
        });
      default:
        throw new UserError(`audit ${action}: say verify, list or export; npx nsmon audit --help tells more`);
    }
  },
};

async function withTrail(
  values: Parameters<typeof findDeployment>[0],
  use: (trail: Trail, name: string) => number,
): Promise<number> {
  const deployment = await findDeployment(values);
  return use(await readTrail(deployment), deployment.describe);
}

function verify(trail: Trail, name: string): number {
  const { chains, anchors } = trail;
  const broken = CHAINS.flatMap((chain) => verifyChain(chain, chains[chain] ?? []) ?? []);
  const contradicted = verifyAnchors(anchors, chains);
  if (contradicted && !broken.some(({ where }) => where === contradicted.where)) broken.push(contradicted);
  say(`${name}: ${countOf(trail)}`);
  for (const { where, at, problem } of broken) {
    const entry = chains[where.replace('chain ', '')]?.[at];
    say(`BROKEN  ${where}, ${where === 'anchors' ? 'anchor' : 'entry'} ${at}: ${problem}`);
    if (entry) say(`        ${line(entry)}`);
  }
  if (broken.length > 0) return 1;
  const last = anchors.at(-1);
  const young = CHAINS.reduce((sum, chain) => sum + (chains[chain]?.length ?? 0) - (last?.heads[chain]?.next ?? 0), 0);
  const since = last ? `the last anchor, of ${new Date(last.atMs).toISOString()}` : 'there is no anchor yet';
  if (young > 0) say(`${young} entries are younger than any anchor (${since}): their chain alone vouches for them`);
  return say('whole: every entry follows the one before it, and every anchor is met');
}

function selection({ subject = '', actor = '', since, limit = '50' }: ListOptions) {
  const sinceMs = since === undefined ? Number.POSITIVE_INFINITY : parseDuration(since);
  if (sinceMs === undefined) throw new UserError(`--since is "${since}", must be a duration such as 30m or 7d`);
  const count = Number(limit);
  if (!(Number.isInteger(count) && count > 0))
    throw new UserError(`--limit is "${limit}", must be a whole number above 0`);
  const fromMs = Date.now() - sinceMs;
  const isWanted = (entry: AuditEntry): boolean =>
    entry.atMs >= fromMs && entry.subject.includes(subject) && entry.actor.includes(actor);
  return { isWanted, count };
}

function list({ chains }: Trail, { isWanted, count }: ReturnType<typeof selection>): number {
  const entries = Object.values(chains)
    .flat()
    .filter(isWanted)
    .sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
  for (const entry of entries.slice(-count)) say(line(entry));
  if (entries.length > count) say(`the last ${count} of ${entries.length}; --limit shows more`);
  return entries.length === 0 ? say('nothing of the kind is in the audit trail') : 0;
}

function line({ atMs, actor, action, subject, reason, detail }: AuditEntry): string {
  const over = typeof detail.channel === 'string' ? ` over ${detail.channel}` : '';
  return `${new Date(atMs).toISOString()}  ${actor}  ${action}${over}  ${subject}${reason ? `  ${reason}` : ''}`;
}

function countOf({ chains, anchors }: Trail): string {
  const entries = Object.values(chains).reduce((sum, chain) => sum + chain.length, 0);
  return `${entries} entries in ${CHAINS.length} chains, ${anchors.length} anchors`;
}

function say(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

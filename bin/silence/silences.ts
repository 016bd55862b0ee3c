import { createSilence, expireSilence, type SilenceRequest } from '../../core/alerting/silences/change.ts';
import { review, reviewText, type SilenceReview } from '../../core/alerting/silences/review.ts';
import { type Silence, type SilenceState, silenceState } from '../../core/alerting/silences/silence.ts';
import { UserError } from '../../core/user-error.ts';
import type { AlertsTable, Versioned } from '../../lambdas/shared/alerts-table.ts';
import type { Audit } from '../../lambdas/shared/audit.ts';
import { listSilences, putSilence, readHeldBack } from '../../lambdas/shared/silences.ts';

export interface SilencePorts {
  readonly table: AlertsTable;
  readonly audit: Audit;
  /** Eight hexadecimal digits: people type them. */
  readonly newId: () => string;
  readonly nowMs: () => number;
}

export interface ListedSilence {
  readonly silence: Silence;
  readonly state: SilenceState;
  readonly review: SilenceReview;
}

/** Ids are short; when one is taken, another will do. */
const ATTEMPTS = 5;

/** @throws UserError that says what is wrong with the request */
export async function addSilence(request: SilenceRequest, ports: SilencePorts): Promise<Silence> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const silence = createSilence(request, ports.newId(), ports.nowMs());
    if (!(await putSilence(ports.table, silence, undefined))) continue;
    const { id, createdBy, comment, createdAtMs, kind, matcherSets, startsAtMs, endsAtMs, session } = silence;
    const detail = {
      kind,
      matcherSets: matcherSets.map((set) => set.map((one) => ({ ...one }))),
      startsAtMs,
      endsAtMs,
    };
    const event = { atMs: createdAtMs, actor: createdBy, action: 'silence created', subject: `silence ${id}` };
    await ports.audit.append([
      { ...event, reason: comment, detail: { ...detail, ...(session === undefined ? {} : { session }) } },
    ]);
    return silence;
  }
  throw new UserError('no id for the silence was free; try again');
}

/** Silences, those that end first first, with what each has held back. Those over and done with only on request. */
export async function listedSilences(all: boolean, { table, nowMs }: SilencePorts): Promise<ListedSilence[]> {
  const now = nowMs();
  const silences = (await listSilences(table))
    .map(({ document }) => document)
    .filter((silence) => all || silenceState(silence, now) !== 'expired')
    .toSorted((a, b) => a.endsAtMs - b.endsAtMs);
  return Promise.all(
    silences.map(async (silence) => ({
      silence,
      state: silenceState(silence, now),
      review: review(silence, await readHeldBack(table, silence.id), now),
    })),
  );
}

/**
 * Ends a silence now.
 * @param idPart its id, or the beginning of it
 * @returns what it would have paged, in a sentence
 * @throws UserError when there is none, or more than one
 */
export async function endSilence(idPart: string, by: string, ports: SilencePorts): Promise<string> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { document, version } = oneOf(await listSilences(ports.table), idPart);
    const now = ports.nowMs();
    const ended = expireSilence(document, by, now);
    if (!(await putSilence(ports.table, ended, version))) {
      await ports.table.backOff(attempt);
      continue;
    }
    const event = { atMs: now, actor: by, action: 'silence expired', subject: `silence ${ended.id}` };
    await ports.audit.append([{ ...event, reason: '', detail: { endsAtMs: document.endsAtMs } }]);
    return reviewText(ended, review(ended, await readHeldBack(ports.table, ended.id), now));
  }
  throw new UserError(`silence ${idPart} is being changed by others; try again`);
}

function oneOf(silences: readonly Versioned<Silence>[], idPart: string): Versioned<Silence> {
  const found = silences.filter(({ document }) => document.id.startsWith(idPart));
  const [only] = found;
  if (!only) throw new UserError(`there is no silence ${idPart}; npx nsmon silence list --all shows every one`);
  if (found.length > 1) {
    const ids = found.map(({ document }) => document.id).join(', ');
    throw new UserError(`several silences begin with ${idPart}: ${ids}; give more of the id`);
  }
  return only;
}

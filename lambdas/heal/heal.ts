import type { SenderState } from '../../core/alerting/sender.ts';
import type { SessionReport } from '../../core/alerting/session.ts';
import {
  ACTIONS,
  entryFor,
  type HealCommand,
  type HealingAudit,
  type HealingConfig,
  type HealingEffect,
  type HealingEvent,
  type HealingRecord,
  type HealResult,
  healingKey,
  healingStep,
  type OfferedAlert,
  type Target,
  withHealing,
} from '../../core/healing/index.ts';
import type { AlertsTable } from '../shared/alerts-table.ts';
import { type Escalations, serve } from '../shared/escalations.ts';
import type { Groups } from '../shared/groups.ts';
import { getHealing, listHealing } from '../shared/healing-records.ts';
import { SENDERS } from '../shared/senders.ts';
import { stepStored } from './state.ts';

/** Who speaks is proven by the topic that the message came on. */
export type HealRequest =
  | { readonly kind: 'offers'; readonly offers: readonly OfferedAlert[] }
  | { readonly kind: 'session'; readonly thing: string }
  | { readonly kind: 'answer'; readonly thing: string; readonly result: HealResult }
  | { readonly kind: 'tick' }
  | { readonly kind: 'approve' | 'thaw'; readonly key: string; readonly by: string };

/** What was parked as unreadable; see redrive.ts. */
export interface Parked {
  /** Hands over again what lies parked of a thing, `most` at most. @returns how many */
  redrive(id: string, thing: string, most: number): Promise<number>;
  /** How many messages of a thing were parked since. */
  parkedSince(thing: string, sinceMs: number): Promise<number>;
}

export interface HealPorts {
  readonly table: AlertsTable;
  readonly groups: Groups;
  readonly escalations: Escalations;
  readonly config: HealingConfig;
  readonly command: (thing: string, command: HealCommand) => Promise<void>;
  readonly parked: Parked;
  readonly audit: (entries: readonly HealingAudit[]) => Promise<void>;
  readonly nowMs: () => number;
}

/** Decides about what happened, stores the decision, then acts on it. @returns what was decided, for the log */
export async function heal(request: HealRequest, ports: HealPorts): Promise<readonly HealingAudit[]> {
  const decided: HealingAudit[] = [];
  for (const { key, event } of await eventsOf(request, ports)) {
    const { effects, audit } = await stepStored(ports.table, key, (state) =>
      healingStep(state, ports.config, event, ports.nowMs()),
    );
    decided.push(...audit);
    await ports.audit(audit);
    for (const effect of effects) await perform(effect, ports);
  }
  return decided;
}

async function eventsOf(
  request: HealRequest,
  ports: HealPorts,
): Promise<{ readonly key: string; readonly event: HealingEvent }[]> {
  switch (request.kind) {
    case 'offers':
      return Promise.all(
        request.offers.map(async (alert) => {
          const action = entryFor(ports.config, alert.labels)?.action;
          const target = action && ACTIONS[action].target(alert.labels);
          const session = await sessionOf(alert.labels.thing, ports);
          // Without a target there is no record; the step only says so.
          const key = target ? healingKey(target, action) : `#${alert.fingerprint}`;
          return { key, event: { kind: 'offered', alert, session } as const };
        }),
      );
    case 'answer': {
      const { thing, result } = request;
      const target: Target = { thing, ...(result.deviceId === undefined ? {} : { deviceId: result.deviceId }) };
      const key = healingKey(target, result.action);
      const known = await circumstances(await getHealing(ports.table, key), ports);
      return [{ key, event: { kind: 'answered', thing, result, ...known } }];
    }
    case 'approve':
    case 'thaw': {
      const { key, by } = request;
      if (request.kind === 'thaw') return [{ key, event: { kind: 'thawed', key, by } }];
      return [
        {
          key,
          event: { kind: 'approved', key, by, ...(await circumstances(await getHealing(ports.table, key), ports)) },
        },
      ];
    }
    case 'session':
    case 'tick': {
      const records = (await listHealing(ports.table)).filter(
        ({ status, target }) =>
          (status === 'under-way' || status === 'deferred') &&
          (request.kind === 'tick' || target.thing === request.thing),
      );
      return Promise.all(records.map((record) => lookAt(record, ports)));
    }
  }
}

async function lookAt(record: HealingRecord, ports: HealPorts): Promise<{ key: string; event: HealingEvent }> {
  const { key, action, target, attempt } = record;
  const known = await circumstances(record, ports);
  const verification = ACTIONS[action].verify(target);
  if (verification.kind === 'parked-again' && attempt && ports.nowMs() >= attempt.issuedAtMs + verification.withinMs) {
    const again = await ports.parked.parkedSince(target.thing, attempt.issuedAtMs);
    const status = again === 0 ? 'done' : 'failed';
    const problem = again === 0 ? {} : { problem: `${again} of the messages were parked again` };
    const result: HealResult = { id: attempt.id, action, status, atMs: ports.nowMs(), ...problem };
    return { key, event: { kind: 'answered', thing: target.thing, result, ...known } };
  }
  return { key, event: { kind: 'looked', key, ...known } };
}

async function circumstances(
  record: HealingRecord | undefined,
  ports: HealPorts,
): Promise<{ firing: boolean; session: SessionReport | undefined }> {
  const [firing, session] = await Promise.all([
    Promise.all((record?.alerts ?? []).map((alert) => isFiring(alert, ports))),
    sessionOf(record?.target.thing, ports),
  ]);
  return { firing: firing.includes(true), session };
}

async function isFiring({ groups, fingerprint }: OfferedAlert, ports: HealPorts): Promise<boolean> {
  const known = await Promise.all(groups.map((groupId) => ports.groups.get(groupId)));
  return known.some((group) => group?.phase === 'open' && group.members[fingerprint]?.status === 'firing');
}

async function sessionOf(thing: string | undefined, { table }: HealPorts): Promise<SessionReport | undefined> {
  return thing === undefined ? undefined : (await table.get<SenderState>(SENDERS, thing))?.document.session;
}

async function perform(effect: HealingEffect, ports: HealPorts): Promise<void> {
  switch (effect.kind) {
    case 'command':
      return ports.command(effect.thing, effect.command);
    case 'run':
      if (effect.step.kind === 'redrive-parked')
        await ports.parked.redrive(effect.id, effect.target.thing, effect.step.most);
      return;
    case 'tell':
      for (const groupId of effect.groups) {
        const group = await ports.groups.change(
          groupId,
          (before) => before && withHealing(before, effect.fingerprint, effect.healing, ports.nowMs()),
        );
        if (group) await serve(group, ports.escalations);
      }
  }
}

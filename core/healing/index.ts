/** What the system tries by itself before it wakes somebody: a pure decision, and what it needs. */

export { type ActionName, formatTarget, healingKey, type Target } from './action.ts';
export { ACTIONS } from './actions/index.ts';
export { type HealCommand, type HealResult, readResult } from './command.ts';
export { entryFor, type HealingConfig, NO_HEALING } from './config.ts';
export { healingLines, holdUntilMs } from './hold.ts';
export { offersOf, withHealing, withOffers } from './offer.ts';
export { parseHealing } from './parse.ts';
export { REASONS, type Reason } from './reasons.ts';
export {
  type GroupHealing,
  type HealingAudit,
  type HealingRecord,
  type HealingState,
  NO_HEALING_YET,
  type OfferedAlert,
  type Spent,
} from './record.ts';
export { type HealingEffect, type HealingEvent, type HealingResult, healingStep } from './step.ts';

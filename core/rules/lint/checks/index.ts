import type { Check } from '../check.ts';
import { absent } from './absent.ts';
import { alwaysTrue } from './always-true.ts';
import { counterAndGauge } from './counter-and-gauge.ts';
import { division } from './division.ts';
import { forBelowInterval } from './for-below-interval.ts';
import { impossibleCondition } from './impossible-condition.ts';
import { impossibleSelector } from './impossible-selector.ts';
import { lostGroupLabels } from './lost-group-labels.ts';
import { missingFor } from './missing-for.ts';
import { namelessSelector } from './nameless-selector.ts';
import { orVector } from './or-vector.ts';
import { quantileOfTotals } from './quantile-of-totals.ts';
import { range } from './range.ts';
import { runbook } from './runbook.ts';
import { severity } from './severity.ts';
import { unknownMetric } from './unknown-metric.ts';
import { unknownTemplateLabel } from './unknown-template-label.ts';
import { unmatchedOperands } from './unmatched-operands.ts';
import { unrouted } from './unrouted.ts';
import { valueInLabel } from './value-in-label.ts';

/** All checks: first those of a rule that does nothing, then those of one that does too much, then those for people. */
export const checks: readonly Check[] = [
  unknownMetric,
  impossibleSelector,
  namelessSelector,
  impossibleCondition,
  unmatchedOperands,
  range,
  alwaysTrue,
  division,
  orVector,
  counterAndGauge,
  quantileOfTotals,
  absent,
  missingFor,
  forBelowInterval,
  valueInLabel,
  unknownTemplateLabel,
  severity,
  runbook,
  lostGroupLabels,
  unrouted,
];

/** Prometheus' rules: read a file, plan where each rule runs, evaluate groups at given times. */

export {
  type AlertChange,
  type AlertingState,
  type AlertPhase,
  type AlertState,
  NO_ALERTS,
  RESOLVED_RETENTION_MS,
  RuleEvaluationError,
  step,
} from './alert-state.ts';
export {
  evaluateGroup,
  type GroupEvaluation,
  type GroupOptions,
  type GroupState,
  type RecordedSample,
  type RuleError,
  type RuleEvaluation,
  type RuleState,
} from './group.ts';
export { type AlertingRule, type RecordingRule, type Rule, type RuleGroup, ruleKey } from './model.ts';
export { cloudRecorded, type Plan, plan } from './plan.ts';
export { parseRuleFile } from './rule-file.ts';
export { RuleFileError } from './rule-file-error.ts';
export { selectors } from './selectors.ts';
export { renderTemplate } from './template/template.ts';

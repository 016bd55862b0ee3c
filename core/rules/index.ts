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
  type Outcome,
  type RecordedSample,
  type RuleError,
  type RuleEvaluation,
  type RuleState,
} from './group.ts';
export { fitHistory, mapHistory, withoutSamples } from './history.ts';
export { type EvaluationSample, KEPT_SAMPLES } from './inputs.ts';
export { type AlertingRule, type RecordingRule, type Rule, type RuleGroup, ruleKey } from './model.ts';
export { NO_DATA, NO_DATA_LABEL, type NoData } from './no-data.ts';
export { cloudRecorded, type Plan, plan } from './plan.ts';
export { missingSince } from './recording.ts';
export { restore } from './restore.ts';
export { parseRuleFile } from './rule-file.ts';
export { RuleFileError } from './rule-file-error.ts';
export { type RuleStatus, ruleStatuses } from './rule-status.ts';
export { selectors } from './selectors.ts';
export { renderTemplate } from './template/template.ts';
export { type ArrivedSample, LateSamples, watermarkOf } from './watermark.ts';

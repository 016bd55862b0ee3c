import type { Labels } from '../../metrics/model.ts';
import type { AlertingRule } from '../model.ts';

/** The labels of an alert that do not depend on what the expression finds. */
export function staticLabels(rule: AlertingRule): Labels {
  const fixed = Object.entries(rule.labels).filter(([, text]) => !text.includes('{{'));
  return { ...Object.fromEntries(fixed), alertname: rule.name };
}

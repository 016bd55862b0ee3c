import type { Labels } from '../metrics/model.ts';

/** From worst to least. PagerDuty's words. */
export const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const SEVERITY_SYNONYMS: Readonly<Record<string, Severity>> = {
  emergency: 'critical',
  fatal: 'critical',
  page: 'critical',
  high: 'error',
  major: 'error',
  warn: 'warning',
  medium: 'warning',
  minor: 'warning',
  ticket: 'warning',
  low: 'info',
  none: 'info',
};

/** What the label `severity` says; a missing or strange one counts as a warning. */
export function severityOf(labels: Labels): Severity {
  const text = (labels.severity ?? '').toLowerCase();
  return SEVERITIES.find((severity) => severity === text) ?? SEVERITY_SYNONYMS[text] ?? 'warning';
}

/** 4 for critical down to 1 for info. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.length - SEVERITIES.indexOf(severity);
}

/** The worst of several, `info` of none. */
export function worstSeverity(all: readonly Labels[]): Severity {
  let worst: Severity = 'info';
  for (const labels of all) {
    const severity = severityOf(labels);
    if (severityRank(severity) > severityRank(worst)) worst = severity;
  }
  return worst;
}

import type { Labels } from '../metrics/model.ts';
import { parseBoot } from './boot.ts';
import type { AlertReport, ReportedAlert } from './report.ts';
import { readSession } from './session.ts';

/** The report is not one: trying again will not help. */
export class InvalidReport extends Error {
  override readonly name = 'InvalidReport';
}

const STATES = ['pending', 'firing', 'resolved'];
const MAX_LABELS = 64;
const MAX_TEXT = 2048;

/**
 * Reads what a device sent. Nothing in it is believed before it was looked at.
 * @throws InvalidReport naming every problem
 */
export function readReport(value: unknown): AlertReport {
  const problems: string[] = [];
  const expect = (isRight: boolean, what: string, got: unknown): void => {
    if (!isRight) problems.push(`${what}, got ${JSON.stringify(got)?.slice(0, 80)}`);
  };
  const report = isObject(value) ? value : {};
  expect(isObject(value), 'a report must be an object', value);
  const { boot, seq, sentAtMs, alerts } = report;
  const session = report.session === undefined ? undefined : readSession(report.session);
  expect(
    typeof boot === 'string' && parseBoot(boot) !== undefined,
    'boot must be "<start ms, base 36>-<random>"',
    boot,
  );
  expect(Number.isSafeInteger(seq) && Number(seq) >= 0, 'seq must be a whole number from 0', seq);
  expect(isTime(sentAtMs), 'sentAtMs must be epoch milliseconds', sentAtMs);
  expect(Array.isArray(alerts), 'alerts must be a list', alerts);
  if (typeof session === 'string') problems.push(`session: ${session}`);
  for (const [i, alert] of (Array.isArray(alerts) ? alerts : []).entries()) {
    const at = `alerts[${i}]`;
    if (!isObject(alert)) {
      problems.push(`${at} must be an object`);
      continue;
    }
    expect(isLabels(alert.labels), `${at}.labels must be up to ${MAX_LABELS} short texts`, alert.labels);
    expect(isLabels(alert.annotations), `${at}.annotations must be up to ${MAX_LABELS} short texts`, alert.annotations);
    expect(isObject(alert.labels) && !!alert.labels.alertname, `${at}.labels.alertname must be set`, alert.labels);
    expect(STATES.includes(String(alert.state)), `${at}.state must be one of ${STATES.join(', ')}`, alert.state);
    expect(isTime(alert.activeAtMs), `${at}.activeAtMs must be epoch milliseconds`, alert.activeAtMs);
    for (const name of ['firedAtMs', 'resolvedAtMs']) {
      const time = alert[name];
      expect(time === undefined || isTime(time), `${at}.${name} must be epoch milliseconds`, time);
    }
  }
  if (problems.length > 0) throw new InvalidReport(`The alert report cannot be read: ${problems.join('; ')}`);
  return {
    boot: String(boot),
    seq: Number(seq),
    sentAtMs: Number(sentAtMs),
    alerts: (alerts as ReportedAlert[]).map((alert) => ({ ...alert, value: readValue(alert.value) })),
    ...(typeof session === 'object' ? { session } : {}),
  };
}

/** The report with the sender's true name on every alert, whatever the payload claims. */
export function stampReport(report: AlertReport, thing: string): AlertReport {
  return { ...report, alerts: report.alerts.map((alert) => ({ ...alert, labels: { ...alert.labels, thing } })) };
}

/** JSON has no NaN or infinity: they arrive as null or as text. */
function readValue(value: unknown): number {
  return value === null || value === undefined ? Number.NaN : Number(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < 1e14;
}

function isLabels(value: unknown): value is Labels {
  if (!isObject(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_LABELS && entries.every(([, text]) => typeof text === 'string' && text.length <= MAX_TEXT)
  );
}

import type { Labels } from '../../metrics/model.ts';
import { STRUCT, type TemplateValue } from '../../rules/template/values.ts';

/** What a notification tells. Times in ms. */
export interface TemplateData {
  readonly receiver: string;
  readonly groupLabels: Labels;
  readonly externalUrl: string;
  readonly alerts: readonly TemplateAlert[];
}

export interface TemplateAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  /** Of a resolved alert; of a firing one it is Go's zero time, as Alertmanager sends it. */
  readonly endsAtMs?: number;
  readonly generatorUrl: string;
  readonly fingerprint: string;
}

/** Go's zero time, 1 January of the year 1. */
const ZERO_TIME_MS = -62_135_596_800_000;

/** The data as templates see it: `.Receiver`, `.Status`, `.Alerts` and so on, with Alertmanager's names. */
export function valueOfData({ receiver, groupLabels, externalUrl, alerts }: TemplateData): TemplateValue {
  return {
    [STRUCT]: true,
    Receiver: receiver,
    Status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    Alerts: alerts.map(alertValue),
    GroupLabels: groupLabels,
    CommonLabels: common(alerts.map(({ labels }) => labels)),
    CommonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    ExternalURL: externalUrl,
  };
}

function alertValue(alert: TemplateAlert): TemplateValue {
  return {
    [STRUCT]: true,
    Status: alert.status,
    Labels: alert.labels,
    Annotations: alert.annotations,
    StartsAt: new Date(alert.startsAtMs),
    EndsAt: new Date(alert.endsAtMs ?? ZERO_TIME_MS),
    GeneratorURL: alert.generatorUrl,
    Fingerprint: alert.fingerprint,
  };
}

/** What all have with the same value. */
function common([first = {}, ...others]: readonly Labels[]): Labels {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)),
  );
}

import type { TemplateData } from '../../../../core/alerting/templates/data.ts';

export const NOW_MS = Date.parse('2026-11-23T22:30:00Z');

const alert = (thing: string, changes: Partial<TemplateData['alerts'][number]>): TemplateData['alerts'][number] => ({
  status: 'firing',
  labels: { alertname: 'ElectrodeOff', severity: 'critical', thing },
  annotations: { summary: `An electrode is off & <loose>`, runbook: `https://runbook/${thing}?a=1+2` },
  startsAtMs: Date.parse('2026-11-23T21:00:00.250Z'),
  generatorUrl: `http://prometheus/graph?g0.expr=${thing}`,
  fingerprint: `00${thing}`,
  ...changes,
});

/** Two alerts fire, one has resolved. */
export const DATA: TemplateData = {
  receiver: 'team X&Y',
  groupLabels: { alertname: 'ElectrodeOff' },
  externalUrl: 'http://monitor',
  alerts: [
    alert('lab-1', {}),
    alert('lab-2', { annotations: { summary: 'An electrode is off & <loose>' } }),
    alert('lab-3', { status: 'resolved', endsAtMs: Date.parse('2026-11-23T22:01:05Z') }),
  ],
};

/** The same as Alertmanager's webhook would carry it, which is what amtool reads. */
export function jsonOf({ receiver, groupLabels, externalUrl, alerts }: TemplateData): unknown {
  const time = (timeMs: number | undefined): string =>
    timeMs === undefined ? '0001-01-01T00:00:00Z' : new Date(timeMs).toISOString();
  const common = (all: readonly Readonly<Record<string, string>>[]): object =>
    Object.fromEntries(Object.entries(all[0] ?? {}).filter(([name, value]) => all.every((one) => one[name] === value)));
  return {
    receiver,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts: alerts.map(({ status, labels, annotations, startsAtMs, endsAtMs, generatorUrl, fingerprint }) => ({
      status,
      labels,
      annotations,
      startsAt: time(startsAtMs),
      endsAt: time(endsAtMs),
      generatorURL: generatorUrl,
      fingerprint,
    })),
    groupLabels,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: externalUrl,
  };
}

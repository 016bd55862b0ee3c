import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TemplateData } from '../../../../core/alerting/templates/data.ts';
import { parseTemplates, renderText, TemplateError } from '../../../../core/alerting/templates/templates.ts';
import { DATA, jsonOf, NOW_MS } from './fixtures.ts';

/** Rendered by the real thing, where it is installed. */
const hasAmtool = spawnSync('amtool', ['--version']).status === 0;
/** Debian keeps Alertmanager's own templates here; others have them in the binary, where amtool does not look. */
const DEFAULTS = '/usr/share/prometheus/alertmanager/default.tmpl';
const real = hasAmtool ? test : test.skip;
const realDefaults = hasAmtool && existsSync(DEFAULTS) ? test : test.skip;

const TEAM = `
{{ define "team.title" }}{{ .Status | toUpper }} {{ len .Alerts.Firing }}/{{ len .Alerts }}: {{ .GroupLabels.alertname }}{{ end }}
{{ define "team.alert" -}}
{{ .Labels.thing }}{{ if .Annotations.runbook }} ({{ .Annotations.runbook }}){{ end }}
{{- end }}
{{- define "team.list" }}{{ range $i, $alert := . }}{{ if $i }}, {{ end }}{{ template "team.alert" $alert }}{{ end }}{{ end }}
`;

const TEXTS: readonly string[] = [
  '{{ template "team.title" . }}',
  '{{ template "team.list" .Alerts }}',
  'firing: {{ template "team.list" .Alerts.Firing }}; resolved: {{ template "team.list" .Alerts.Resolved }}',
  '{{ range .Alerts }}{{ .Status }} {{ .Labels.thing }} {{ .StartsAt }} {{ .EndsAt }} {{ .Fingerprint }}\n{{ end }}',
  '{{ range .Alerts }}{{ .Labels }} {{ .Annotations }}{{ end }}',
  '{{ . }}',
  '{{ .Alerts.Firing }} {{ .CommonLabels.SortedPairs }} {{ .CommonLabels.Names }} {{ .CommonAnnotations.Values }}',
  '{{ .CommonLabels.Remove (stringSlice "severity") }}|{{ (.CommonLabels.Remove .GroupLabels.Names).Values | join "," }}',
  '{{ .GroupLabels.missing }}|{{ .CommonLabels.missing | len }}|{{ index .CommonLabels "severity" }}',
  '{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value | printf "%q" }} {{ end }}',
  '{{ range $name, $value := .CommonLabels }}{{ $name }}:{{ $value }};{{ end }}',
  '{{ with .CommonLabels.nothing }}never{{ else }}else{{ end }} {{ with $x := .Status }}{{ $x }}{{ . }}{{ end }}',
  '{{ if and (eq .Status "firing") (gt (len .Alerts.Firing) 1) }}many{{ else if .Alerts }}one{{ end }}',
  '{{ eq .CommonLabels.alertname .GroupLabels.alertname }} {{ ne .Status "firing" }} {{ not .Alerts }}',
  '{{ if or (eq .CommonLabels.severity "page") (eq .CommonLabels.severity "critical") }}:fire:{{ end }}',
  '{{ $n := 0 }}{{ range .Alerts }}{{ $n = 1 }}{{ end }}{{ $n }} {{ $.Receiver }}',
  '{{ range .Alerts -}}\n  * {{ .Labels.thing }}\n{{- end -}}  \n end',
  '{{ "heLLo it\'s x-y foo_bar" | title }} {{ "A" | toLower }} {{ reReplaceAll "lab-(\\\\d)" "room $1" "lab-7" }}',
  '{{ match "^Elec" .GroupLabels.alertname }} {{ join "/" (stringSlice "a" "b") }} {{ safeHtml "<b>" }}',
  '{{ (index .Alerts 0).StartsAt.Format "Mon, 02 Jan 2006 15:04:05.000 MST -0700 Z07:00 3:04PM _2 002 06 1" }}',
  '{{ (index .Alerts 2).EndsAt.Sub (index .Alerts 2).StartsAt }} {{ (index .Alerts 0).StartsAt.Unix }}',
  '{{ (index .Alerts 0).EndsAt.IsZero }} {{ (index .Alerts 0).StartsAt.Year }} {{ (index .Alerts 0).StartsAt.Month }}',
  '{{ .Receiver | urlquery }} {{ html .CommonAnnotations.summary }} {{ print 1 "a" 2 }} {{ println "x" }}',
  '{{ printf "%d of %v, %s %5s|%-5s|" (len .Alerts) 3 .Status "a" "b" }}',
  '{{/* a comment */ -}}   {{ `raw "text"` }} {{ "tab\\t" }}',
  '{{ range .Alerts }}{{ if eq .Status "resolved" }}{{ continue }}{{ end }}{{ .Labels.thing }}{{ break }}{{ end }}',
  '{{ define "own" }}<{{ . }}>{{ end }}{{ template "own" .Status }}{{ block "other" .Receiver }}[{{ . }}]{{ end }}',
  '{{ slice .Receiver 1 3 }} {{ len .Receiver }} {{ .Alerts | len | printf "%03d" }}',
];

/** Wrong, or impossible to render: both must say so. */
const WRONG: readonly string[] = [
  '{{ .Nope }}',
  '{{ range .Alerts }}{{ .Nope }}{{ end }}',
  '{{ nosuch .Status }}',
  '{{ template "nosuch" . }}',
  '{{ if .Status }}',
  '{{ end }}',
  '{{ $x }}',
  '{{ toUpper 3 }}',
  '{{ .Status.Foo }}',
  '{{ index .Alerts 7 }}',
  '{{ "unfinished }}',
  '{{ break }}',
  '{{ join "," .Status }}',
];

const NAMES_OF_DEFAULTS = [
  ...'__subject __description __alertmanager __alertmanagerURL'.split(' '),
  ...'title text username fallback pretext titlelink iconemoji iconurl callbackid footer'
    .split(' ')
    .map((name) => `slack.default.${name}`),
  ...'description client clientURL'.split(' ').map((name) => `pagerduty.default.${name}`),
  ...'message description source'.split(' ').map((name) => `opsgenie.default.${name}`),
  ...'subject'.split(' ').map((name) => `email.default.${name}`),
  ...'subject message'.split(' ').map((name) => `sns.default.${name}`),
  ...'message'.split(' ').map((name) => `pushover.default.${name}`),
  ...'message'.split(' ').map((name) => `discord.default.${name}`),
  ...'message'.split(' ').map((name) => `telegram.default.${name}`),
  ...'message'.split(' ').map((name) => `webex.default.${name}`),
  ...'state_message'.split(' ').map((name) => `victorops.default.${name}`),
];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'templates-'));
  writeFileSync(path.join(folder, 'team.tmpl'), TEAM);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What amtool renders; undefined where it reports an error. */
function byAmtool(text: string, data: TemplateData, globs = [path.join(folder, '*.tmpl')]): string | undefined {
  const file = path.join(folder, 'data.json');
  writeFileSync(file, JSON.stringify(jsonOf(data)));
  const given = globs.map((glob) => `--template.glob=${glob}`);
  const args = ['template', 'render', ...given, `--template.data=${file}`, `--template.text=${text}`];
  const { status, stdout } = spawnSync('amtool', args, { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? stdout : undefined;
}

const templates = parseTemplates([{ name: 'team.tmpl', text: TEAM }]);

function byUs(text: string, data: TemplateData): string | undefined {
  try {
    return renderText(templates, text, data, { nowMs: NOW_MS });
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

describe('renders as Alertmanager does', () => {
  real.each(TEXTS)('%s', (text) => {
    const expected = byAmtool(text, DATA);
    expect(expected).toBeDefined();
    expect(byUs(text, DATA)).toBe(expected);
  });

  real.each(WRONG)('refuses %s', (text) => {
    expect([byUs(text, DATA), byAmtool(text, DATA)]).toEqual([undefined, undefined]);
  });
});

describe("Alertmanager's own templates render as they do there", () => {
  const cases: readonly (readonly [string, TemplateData])[] = [
    ['all kinds of alerts', DATA],
    ['one that fires', { ...DATA, alerts: DATA.alerts.slice(0, 1) }],
    ['one that has resolved', { ...DATA, alerts: DATA.alerts.slice(2) }],
    ['a group by all labels', { ...DATA, alerts: DATA.alerts.slice(0, 1), groupLabels: DATA.alerts[0]?.labels ?? {} }],
  ];
  realDefaults.each(cases)('for %s', (_name, data) => {
    const text = NAMES_OF_DEFAULTS.map((name) => `== ${name}\n{{ template "${name}" . }}`).join('\n');
    const lists = '{{ template "pagerduty.default.instances" .Alerts.Firing }}';
    expect(byUs(text + lists, data)).toBe(byAmtool(text + lists, data, [path.join(path.dirname(DEFAULTS), '*.tmpl')]));
  });
});

test('the templates compared are many', () => {
  expect(TEXTS.length).toBeGreaterThanOrEqual(12);
  if (existsSync(DEFAULTS)) expect(readFileSync(DEFAULTS, 'utf8')).toContain('__subject');
});

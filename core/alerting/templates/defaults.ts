/**
 * The templates that Alertmanager brings, by their names, so that a configuration may use them and redefine them. Written
 * anew; what they render is compared with amtool. Its HTML mail is not among them: mails that name none get ours.
 */
const SUBJECT = `[{{ .Status | toUpper }}
{{- if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}] {{ join " " .GroupLabels.SortedPairs.Values }} {{ with .CommonLabels.Remove .GroupLabels.Names -}}
({{ join " " .Values }}){{ end }}`;

const PAIRS = `{{ range .SortedPairs }} - {{ .Name }} = {{ .Value }}
{{ end }}`;

const ALERT_LIST = `{{ range . }}Labels:
{{ template "__text_pairs" .Labels }}Annotations:
{{ template "__text_pairs" .Annotations }}Source: {{ .GeneratorURL }}
{{ end }}`;

const list = (status: string, space: string): string =>
  `{{ with .Alerts.${status} }}${space}Alerts ${status}:\n{{ template "__text_alert_list" . }}${space}{{ end }}`;

/** Firing alerts, then resolved ones, each under a headline; `space` is around each. */
const both = (head: string, space: string): string =>
  `${head}\n${list('Firing', space)}\n${list('Resolved', space)}${space}`;

const ANNOTATIONS = '{{ join " " .CommonAnnotations.SortedPairs.Values }}';

const SAME_AS: Readonly<Record<string, readonly string[]>> = {
  __subject: [
    'slack.default.title',
    'email.default.subject',
    'pagerduty.default.description',
    'opsgenie.default.message',
    'sns.default.subject',
    'pushover.default.title',
    'victorops.default.entity_display_name',
    'msteams.default.title',
    'discord.default.title',
  ],
  __alertmanager: ['slack.default.username', 'pagerduty.default.client'],
  __alertmanagerURL: ['slack.default.titlelink', 'pagerduty.default.clientURL', 'opsgenie.default.source'],
  __text_alert_list: ['pagerduty.default.instances'],
  'opsgenie.default.description': ['victorops.default.state_message'],
  'sns.default.message': ['pushover.default.message', 'webex.default.message', 'msteams.default.text'],
  'discord.default.message': ['telegram.default.message'],
};

const EMPTY = ['pretext', 'iconemoji', 'iconurl', 'text', 'callbackid', 'footer'].map(
  (name) => `slack.default.${name}`,
);

const TEXTS: Readonly<Record<string, string>> = {
  __subject: SUBJECT,
  __description: '',
  __alertmanager: 'Alertmanager',
  __alertmanagerURL: '{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver | urlquery }}',
  __text_pairs: PAIRS,
  __text_alert_list: ALERT_LIST,
  'slack.default.fallback': '{{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}',
  'opsgenie.default.description': both(ANNOTATIONS, ''),
  'sns.default.message': both(ANNOTATIONS, '\n'),
  'discord.default.message': both('', '\n'),
};

export const DEFAULT_TEMPLATES = [
  ...Object.entries(TEXTS).map(([name, text]) => `{{ define "${name}" }}${text}{{ end }}`),
  ...EMPTY.map((name) => `{{ define "${name}" }}{{ end }}`),
  ...Object.entries(SAME_AS).flatMap(([as, names]) =>
    names.map((name) => `{{ define "${name}" }}{{ template "${as}" . }}{{ end }}`),
  ),
].join('\n');

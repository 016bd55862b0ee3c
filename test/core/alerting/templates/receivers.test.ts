import { describe, expect, test } from '@jest/globals';
import { filesOf, matchesPattern } from '../../../../core/alerting/templates/file-pattern.ts';
import { checkReceivers, receiverTexts } from '../../../../core/alerting/templates/receivers.ts';
import { parseTemplates } from '../../../../core/alerting/templates/templates.ts';
import { DATA, NOW_MS } from './fixtures.ts';

const TEMPLATES = parseTemplates([
  {
    name: 'team.tmpl',
    text: '{{ define "team.title" }}{{ .GroupLabels.alertname }}: {{ len .Alerts.Firing }}{{ end }}',
  },
]);
const integration = (kind: string, settings: Record<string, unknown>) => ({
  kind,
  key: `${kind}[0]`,
  sendResolved: true,
  settings,
});

describe('what a receiver says in its settings', () => {
  test.each([
    ['slack', { title: '{{ template "team.title" . }}', text: 'see {{ .ExternalURL }}' }],
    ['email', { headers: { Subject: '{{ template "team.title" . }}' }, text: 'see {{ .ExternalURL }}' }],
    ['opsgenie', { message: '{{ template "team.title" . }}', description: 'see {{ .ExternalURL }}' }],
    ['sns', { subject: '{{ template "team.title" . }}', message: 'see {{ .ExternalURL }}' }],
  ])('is the headline and the text of %s', (kind, settings) => {
    const texts = { title: 'ElectrodeOff: 2', text: 'see http://monitor', problems: [] };
    expect(receiverTexts(TEMPLATES, integration(kind, settings), DATA, NOW_MS)).toEqual(texts);
  });

  test('is nothing where they set nothing', () => {
    expect(receiverTexts(TEMPLATES, integration('slack', { channel: '#a' }), DATA, NOW_MS)).toEqual({ problems: [] });
    expect(receiverTexts(TEMPLATES, integration('webhook', {}), DATA, NOW_MS)).toEqual({ problems: [] });
  });

  test('that cannot be rendered is told as a problem, and the rest is rendered', () => {
    const settings = { title: '{{ .Nope }}', text: '{{ .Status }}' };
    const { problems, ...texts } = receiverTexts(TEMPLATES, integration('slack', settings), DATA, NOW_MS);
    expect(texts).toEqual({ text: 'firing' });
    expect(problems).toEqual([expect.stringMatching(/^slack\[0\]\.title:1:1: can't evaluate field Nope/)]);
  });

  test('is checked before anything fires', () => {
    const settings = { title: '{{ template "taem.title" . }}', fields: [{ value: '{{ up }}' }], text: 'plain' };
    expect(checkReceivers(TEMPLATES, [{ name: 'team', integrations: [integration('slack', settings)] }])).toEqual([
      'receiver "team": slack[0].title:1:1: no template "taem.title" is defined; the nearest is "team.title"',
      'receiver "team": slack[0].fields.value:1:1: unknown function up',
    ]);
  });
});

test.each([
  ['team.tmpl', '*.tmpl', true],
  ['team.tmpl', 'team.tmpl', true],
  ['team1.tmpl', 'team[0-9].tmpl', true],
  ['teamx.tmpl', 'team[^0-9].tmpl', true],
  ['team.tmpl.bak', '*.tmpl', false],
  ['teamxtmpl', '*.tmpl', false],
])('the file %s and the pattern %s: %s', (name, pattern, expected) => {
  expect(matchesPattern(name, pattern)).toBe(expected);
});

test('the files of a pattern are relative to the configuration', () => {
  const files = new Map([
    ['routing.yaml', 'a'],
    ['templates/team.tmpl', 'b'],
    ['other/team.tmpl', 'c'],
  ]);
  expect(filesOf(['./templates/*.tmpl', 'none/*.tmpl'], files)).toEqual([{ name: 'templates/team.tmpl', text: 'b' }]);
});

import { describe, expect, test } from '@jest/globals';
import { checkText, parseTemplates, renderText, TemplateError } from '../../../../core/alerting/templates/templates.ts';
import { ConfigurationError } from '../../../../core/yaml/configuration-error.ts';
import { DATA, NOW_MS } from './fixtures.ts';

const NONE = parseTemplates([]);
const render = (text: string, templates = NONE): string => renderText(templates, text, DATA, { nowMs: NOW_MS });

function errorOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TemplateError || error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'no error';
}

/** Functions that are younger than the Alertmanager of the differential test. */
describe('functions of later versions', () => {
  test.each([
    ['{{ (index .Alerts 0).StartsAt | date "15:04" }}', '21:00'],
    ['{{ (index .Alerts 0).StartsAt | tz "Europe/Berlin" | date "02 Jan 2006 15:04 MST" }}', '23 Nov 2026 22:00 CET'],
    ['{{ (index .Alerts 0).StartsAt | tz "America/New_York" | date "15:04 MST Z07:00" }}', '16:00 EST -05:00'],
    ['{{ (index .Alerts 0).StartsAt | tz "Asia/Kolkata" }}', '2026-11-24 02:30:00.25 +0530 IST'],
    ['{{ (index .Alerts 2).StartsAt | since | humanizeDuration }}', '1h 29m 59s'],
    ['{{ (index .Alerts 2).StartsAt | since }}', '1h29m59.75s'],
    ['{{ humanizeDuration 3725 }} {{ humanizeDuration "0.5" }}', '1h 2m 5s 500ms'],
    ['[{{ trimSpace "  a b " }}]', '[a b]'],
    ['{{ urlUnescape "a%20b+c" }}', 'a b c'],
    ['{{ dict "a" 1 "b" (list "x" "y") | toJson }}', '{"a":1,"b":["x","y"]}'],
    ['{{ append (list "x") "y" | join "," }}', 'x,y'],
    ['{{ (index .Alerts 1).Annotations | toJson }}', '{"summary":"An electrode is off \\u0026 \\u003cloose\\u003e"}'],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });
});

describe('what is wrong is told with its place', () => {
  test('in the text of a setting', () => {
    const options = { nowMs: NOW_MS, what: 'slack_configs[0].title' };
    const text = 'one\ntwo {{ .Nope }}';
    expect(errorOf(() => renderText(NONE, text, DATA, options))).toMatch(
      /^slack_configs\[0\]\.title:2:5: can't evaluate field Nope; there are Receiver, Status/,
    );
  });

  test('in a file, when a text uses it', () => {
    const team = { name: 'team.tmpl', text: '\n{{ define "t" }}\n  {{ toUpper 3 }}{{ end }}' };
    expect(errorOf(() => render('{{ template "t" . }}', parseTemplates([team])))).toBe(
      'team.tmpl:3:3: error calling toUpper: needs a text, got 3',
    );
  });

  test('in several files at once, when they are read', () => {
    const files = [
      { name: 'a.tmpl', text: '{{ define "a" }}\n{{ nosuch }}{{ end }}' },
      { name: 'b.tmpl', text: 'x {{ define "b" }}' },
      { name: 'c.tmpl', text: '{{ define "c" }}{{ $x }}{{ end }}' },
      { name: 'd.tmpl', text: '{{ define "d" }}{{ .A | ) }}{{ end }}' },
    ];
    expect(errorOf(() => parseTemplates(files)).split('\n')).toEqual([
      'a.tmpl:2:1: unknown function nosuch',
      'b.tmpl:1:3: {{ define }} without {{ end }}',
      'c.tmpl:1:17: undefined variable $x',
      'd.tmpl:1:17: a template action is empty',
    ]);
  });

  test('before anything is rendered', () => {
    expect(checkText(NONE, '{{ template "__subject" . }}', 'title')).toBeUndefined();
    expect(checkText(NONE, 'a {{ if .X }}{{ template "mine" . }}{{ end }}', 'title')).toBe(
      'title:1:14: no template "mine" is defined',
    );
    expect(checkText(NONE, '{{ up }}', 'title')).toBe('title:1:1: unknown function up');
  });

  test('templates that call themselves for ever end with an error', () => {
    expect(errorOf(() => render('{{ define "loop" }}{{ template "loop" . }}{{ end }}{{ template "loop" . }}'))).toMatch(
      /text:1:20: template "loop" calls itself without end/,
    );
  });
});

test('a definition of a file replaces one of Alertmanager; a blank one does not', () => {
  const own = (text: string) =>
    parseTemplates([{ name: 'own.tmpl', text: `{{ define "__subject" }}${text}{{ end }}` }]);
  expect(render('{{ template "slack.default.title" . }}', own('mine {{ .Status }}'))).toBe('mine firing');
  expect(render('{{ template "slack.default.title" . }}', own('  '))).toBe('[FIRING:2] ElectrodeOff (critical)');
});

test('as HTML values are escaped, and what is said to be safe is not', () => {
  const text = '<p>{{ .CommonAnnotations.summary }}</p>{{ .Receiver }}{{ safeHtml "<br>" }}';
  expect(renderText(NONE, text, DATA, { nowMs: NOW_MS, html: true })).toBe(
    '<p>An electrode is off &amp; &lt;loose&gt;</p>team X&amp;Y<br>',
  );
  expect(renderText(NONE, '{{ .Receiver }}', DATA, { nowMs: NOW_MS })).toBe('team X&Y');
});

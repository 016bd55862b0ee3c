import { describe, expect, test } from '@jest/globals';
import { renderTemplate } from '../../../core/rules/index.ts';
import { checkTemplate } from '../../../core/rules/template/template.ts';
import type { QuerySample } from '../../../core/rules/template/values.ts';

const LABELS = { thing: 'lab-1', channel: 'Cz', instance: 'lab-1.north.example:9100' };
const SAMPLES: readonly QuerySample[] = [
  { Labels: { channel: 'Pz', __value__: 'x' }, Value: 0.25 },
  { Labels: { channel: 'Cz' }, Value: 0.75 },
];

function render(text: string, value = 0.123456): string {
  return renderTemplate(
    text,
    { labels: LABELS, externalLabels: { env: 'dev' }, value },
    {
      nowMs: 1_700_000_000_000,
      externalUrl: 'http://monitor/base',
      query: (promql) => (promql === 'none' ? [] : SAMPLES),
    },
  );
}

describe('templates of labels and annotations', () => {
  test.each([
    ['plain text', 'plain text'],
    ['{{ $labels.channel }} of {{ $labels.thing }}', 'Cz of lab-1'],
    ['{{ .Labels.channel }}{{ .Value }}', 'Cz0.123456'],
    ['{{ $externalLabels.env }} {{ $externalURL }}', 'dev http://monitor/base'],
    ['[{{ $labels.missing }}]', '[]'],
    ['{{ index $labels "channel" }}', 'Cz'],
    ['{{ $value | printf "%.2f" }}', '0.12'],
    ['{{ printf "%s is %5.1f%% %d %q" $labels.channel 12.345 7 "x" }}', 'Cz is  12.3% 7 "x"'],
    ['{{ $value | humanizePercentage }}', '12.35%'],
    ['{{ if gt $value 0.5 }}high{{ else if gt $value 0.1 }}middle{{ else }}low{{ end }}', 'middle'],
    ['{{ if and $labels.missing (eq 1 2) }}a{{ else }}b{{ end }}', 'b'],
    ['{{ if or $labels.channel "x" }}{{ or $labels.missing "none" }}{{ end }}', 'none'],
    ['{{ if not (match "^lab-[0-9]+$" $labels.thing) }}a{{ else }}b{{ end }}', 'b'],
    ['{{ with $labels.channel }}<{{ . }}>{{ end }}', '<Cz>'],
    ['{{ range query "q" }}{{ .Labels.channel }}={{ .Value }};{{ end }}', 'Pz=0.25;Cz=0.75;'],
    ['{{ range $i, $s := query "q" }}{{ $i }}{{ $s.Labels.channel }} {{ end }}', '0Pz 1Cz '],
    ['{{ range query "none" }}x{{ else }}nothing{{ end }}', 'nothing'],
    ['{{ range sortByLabel "channel" (query "q") }}{{ .Labels.channel }}{{ break }}{{ end }}', 'Cz'],
    ['{{ query "q" | first | value | humanize }}', '250m'],
    ['{{ query "q" | first | label "channel" }}', 'Pz'],
    ['{{ query "q" | first | strvalue }}', 'x'],
    ['{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}', '2'],
    ['{{ define "t" }}[{{ . }}]{{ end }}{{ template "t" $labels.channel }}', '[Cz]'],
    ['a {{- " b " -}} c', 'a b c'],
    ['{{/* a comment */}}x', 'x'],
    ['{{ `raw "text"` }} {{ "}}" }}', 'raw "text" }}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a group reference in Go's syntax
    ['{{ reReplaceAll "([a-z]+)-([0-9]+)" "$2:${1}" $labels.thing }}', '1:lab'],
    ['{{ $labels.channel | toUpper | toLower }} {{ title "hello world" }}', 'cz Hello World'],
    ['{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }}', 'lab-1.north.example lab-1:9100'],
    ['{{ len $labels.channel }} {{ len (query "q") }}', '2 2'],
    ['{{ 1700000000 | humanizeTimestamp }}', '2023-11-14 22:13:20 +0000 UTC'],
    ['{{ parseDuration "1h30m" }} {{ pathPrefix }}', '5400 /base'],
    ['{{ graphLink "up == 0" }}', '/graph?g0.expr=up+%3D%3D+0&g0.tab=0'],
    ['{{ args 1 2 }}', 'map[arg0:1 arg1:2]'],
  ])('%s', (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  test('a template that fails says so in its place: the alert goes out nevertheless', () => {
    expect(render('{{ query "none" | first }}')).toBe(
      '<error expanding template: error calling first: first() called on vector with no elements>',
    );
  });
});

describe('numbers for people', () => {
  test.each([
    ['humanize', 0, '0'],
    ['humanize', 1_234_567, '1.235M'],
    ['humanize', 0.0042, '4.2m'],
    ['humanize', -0.000001, '-1u'],
    ['humanize', Number.POSITIVE_INFINITY, '+Inf'],
    ['humanize', 1e30, '1e+06Y'],
    ['humanize1024', 1_048_576, '1Mi'],
    ['humanize1024', 1023, '1023'],
    ['humanizeDuration', 0, '0s'],
    ['humanizeDuration', 45.5, '45.5s'],
    ['humanizeDuration', 3725, '1h 2m 5s'],
    ['humanizeDuration', -90_061, '-1d 1h 1m 1s'],
    ['humanizeDuration', 0.0042, '4.2ms'],
    ['humanizePercentage', 0.987_654, '98.77%'],
    ['humanizePercentage', Number.NaN, 'NaN%'],
  ])('%s of %d is %s', (name, value, expected) => {
    expect(render(`{{ $value | ${name} }}`, value)).toBe(expected);
  });
});

describe('a wrong template is known before it is rendered', () => {
  test.each([
    ['{{ $value', '{{ without }}'],
    ['{{ if $value }}x', '{{ if }} without {{ end }}'],
    ['x{{ end }}', 'unexpected {{ end }}'],
    ['{{ nosuch $value }}', 'unknown function nosuch'],
    ['{{ $valu }}', 'undefined variable $valu: known are $labels, $externalLabels, $externalURL, $value'],
    ['{{ (1 }}', '( without ) in a template action'],
    ['{{ }}', 'a template action is empty'],
  ])('%s', (template, problem) => {
    expect(checkTemplate(template)).toBe(problem);
  });

  test('a right one is not', () => {
    expect(checkTemplate('{{ range $i, $s := query "x" }}{{ $i }}{{ $s.Value }}{{ end }}')).toBeUndefined();
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MemorySeriesSource } from '../../../core/promql/index.ts';
import { evaluateGroup, parseRuleFile } from '../../../core/rules/index.ts';

/** Rendered by promtool, whose templates are Prometheus' own, and by us: the same text. */
const SNIPPETS = [
  '{{ $value }}',
  '{{ $labels.instance }} {{ $labels.absent }} {{ .Labels.job }} {{ $externalLabels.x }}',
  '{{ humanize 1234567 }} {{ humanize 0.00042 }} {{ humanize 0 }} {{ humanize -1500 }} {{ humanize "12" }} {{ humanize 1e30 }}',
  '{{ humanize1024 1048576 }} {{ humanize1024 100 }} {{ humanize1024 0.5 }} {{ humanize1024 1e15 }}',
  '{{ humanizeDuration 0 }} {{ humanizeDuration 0.0012 }} {{ humanizeDuration 61 }} {{ humanizeDuration 90061 }} {{ humanizeDuration -3600.5 }} {{ humanizeDuration 5e-7 }}',
  '{{ humanizePercentage 0.1234567 }} {{ humanizePercentage 1 }} {{ humanizePercentage 0 }} {{ humanizePercentage "0.5" }} {{ humanizePercentage 12345 }}',
  '{{ humanizeTimestamp 0 }} {{ humanizeTimestamp 1435065584.128 }} {{ humanizeTimestamp "1435065584" }}',
  '{{ toTime 1435065584.128 }} {{ 0 | toTime }}',
  '{{ title "aBC def-ghi" }} {{ toUpper "aBc" }} {{ toLower "AbC" }}',
  '{{ stripPort "host:80" }} {{ stripPort "[::1]:80" }} {{ stripPort "host" }} {{ stripDomain "a.b.c:80" }} {{ stripDomain "10.0.0.1:80" }} {{ stripDomain "a.b" }}',
  '{{ match "^a.c$" "abc" }} {{ match "b" "abc" }} {{ match "^b" "abc" }}',
  '{{ reReplaceAll "(a)(b)?" "<$1$2>" "abaac" }} {{ reReplaceAll "x*" "-" "abc" }} {{ reReplaceAll "(?P<n>b)" "[$n]" "abc" }}',
  '{{ graphLink "up{a=\\"b\\"} > 0" }} {{ tableLink "sum(x) / (y)" }}',
  '{{ parseDuration "1h30m" }} {{ parseDuration "1d" }}',
  '{{ args 1 "b" }} {{ with args "x" 2 }}{{ .arg0 }}{{ .arg1 }}{{ end }}',
  '{{ safeHtml "<b>" }} {{ "<b>" }} {{ html "<a href=\'x\'>&" }} {{ urlquery "a b&c(d)!" }} {{ js "it\'s" }}',
  '{{ query "up > 1" | first | value }} {{ query "up > 1" | first | label "instance" }} {{ query "up" | first | strvalue }}|',
  '{{ range query "up" | sortByLabel "instance" }}{{ .Labels.instance }}={{ .Value }};{{ end }}',
  '{{ range $i, $s := query "up" | sortByLabel "instance" }}{{ $i }}{{ else }}none{{ end }} {{ range query "nothing" }}x{{ else }}none{{ end }}',
  '{{ with query "nothing" }}some{{ else }}none{{ end }} {{ if query "up" }}some{{ end }}',
  '{{ if and (gt $value 1.0) (lt $value 100.0) }}between{{ else if eq $value 0.0 }}zero{{ else }}out{{ end }} {{ or "" "b" }} {{ not true }}',
  '{{ define "t" }}[{{ . }}]{{ end }}{{ template "t" "x" }}{{ template "t" $value }}',
  '{{ printf "%.2f|%5.1f|%-6s|%06.2f|%+d|%x|%q|%v|%t|%e|%g" 3.14159 2.5 "ab" 3.14159 5 255 "q" 1.5 true 12345.678 1e21 }}',
  '{{ printf "%d %s" 1 }} {{ printf "%d" "x" }} {{ printf "%s" 1.5 }} {{ printf "%%" }}',
  '{{ print 1 2 "a" "b" 3 }} {{ println "x" 1 }}{{ len "abc" }} {{ len (query "up") }} {{ index (query "up > 1") 0 | value }}',
  '{{- /* remark */ -}} a {{- " b " -}} c',
  '{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }} {{ eq 1 1 }} {{ ne "a" "b" }} {{ le 1 2 }} {{ slice "abcdef" 1 3 }}',
  '{{ 1e3 }} {{ 0x10 }} {{ -1.50 }} {{ "a\\tb" }} {{ `raw` }} {{ true }}',
  '{{ $value | printf "%.1f" | printf "%s!" }}',
  '{{ printf "%.0f %.0f %.2f %.1f %.3g %.0e %.0f" 2.5 3.5 0.125 0.25 1234.5 2.5 -2.5 }} {{ humanize 1.0005 }}',
  '{{ js "a\\"<>&=" }} {{ stripPort "[::1]" }} {{ stripPort "a:b:c" }} {{ print 1.5 "x" true false }}',
];
const isInstalled = spawnSync('promtool', ['--version']).status === 0;
const withPromtool = isInstalled ? test : test.skip;

/** What promtool says of a test that expects `expected` of each snippet's annotation. */
function promtool(rules: string, expected: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'nsmon-promtool-'));
  const annotations = Object.fromEntries(expected.map((text, i) => [`a${i}`, text]));
  const unitTest = {
    rule_files: ['rules.yaml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [
          { series: 'up{instance="a:80", job="j"}', values: '42.5' },
          { series: 'up{instance="b:80", job="j"}', values: '0.25' },
        ],
        alert_rule_test: [
          {
            eval_time: '0m',
            alertname: 'A',
            exp_alerts: [{ exp_labels: { instance: 'a:80', job: 'j' }, exp_annotations: annotations }],
          },
        ],
      },
    ],
  };
  try {
    writeFileSync(join(directory, 'rules.yaml'), rules);
    // JSON is YAML.
    writeFileSync(join(directory, 'test.yaml'), JSON.stringify(unitTest));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test.yaml'], {
      cwd: directory,
      encoding: 'utf8',
    });
    return status === 0 ? '' : stdout + stderr;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe(`templates render as Prometheus' own${isInstalled ? '' : ' (skipped: promtool is not installed)'}`, () => {
  withPromtool.each(SNIPPETS)('%s', (snippet) => {
    const rules = JSON.stringify({
      groups: [{ name: 'g', rules: [{ alert: 'A', expr: 'up > 1', annotations: { a0: snippet } }] }],
    });
    const source = new MemorySeriesSource();
    source.append('up', { instance: 'a:80', job: 'j' }, 0, 42.5);
    source.append('up', { instance: 'b:80', job: 'j' }, 0, 0.25);
    const [group] = parseRuleFile(rules, 'r');
    const { alerts } = evaluateGroup(group as NonNullable<typeof group>, source, 0);
    expect(promtool(rules, [alerts[0]?.annotations.a0 ?? ''])).toBe('');
  });
});

import { catalogue, type MetricDescriptor } from '../../core/metrics/catalogue.ts';

/** The page docs/metrics.md, from the catalogue. */
export function metricsPage(): string {
  const sections: readonly (readonly [title: string, belongs: (name: string) => boolean])[] = [
    ['Neural processing', (name) => name.startsWith('neural_') && !/^neural_(device|db|monitor)_/.test(name)],
    ['Devices', (name) => name.startsWith('neural_device_')],
    ['Hosts and processes', (name) => /^(node|process)_/.test(name)],
    ['Applications', (name) => /^(http|neural_db|cache)_/.test(name)],
    ['The monitor itself', (name) => /^(nsmon|neural_monitor|ALERTS)/.test(name)],
  ];
  const all = Object.values(catalogue);
  return [
    '# Metrics',
    '',
    'Generated from `core/metrics/catalogue.ts` by `npx nsmon docs`.',
    '',
    'Every series also has `job`, `instance`, `thing`, and, stamped on arrival, `tenant` and `site`. Histograms are exponential; rules may select them natively or as `_bucket`, `_sum` and `_count`. Gauges and histograms are rolled up exactly, once a minute, at the edge: table `metrics_1m` in Timestream, `<name>:1m` in Prometheus.',
    ...sections.flatMap(([title, belongs]) => [
      '',
      `## ${title}`,
      '',
      ...table(all.filter(({ name }) => belongs(name))),
    ]),
    '',
  ].join('\n');
}

function table(descriptors: readonly MetricDescriptor[]): string[] {
  return [
    '| metric | kind | unit | meaning | labels |',
    '|---|---|---|---|---|',
    ...descriptors.map(
      ({ name, kind, unit, help, labels }) =>
        `| \`${name}\` | ${kind} | ${unit} | ${help} | ${labels.map((label) => `\`${label}\``).join(', ')} |`,
    ),
  ];
}

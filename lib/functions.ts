/**
 * Every Lambda function, by the name of its folder in lambdas/: handler.ts there is bundled to
 * `<out>/lambdas/<name>/index.mjs`. `rules` says what of the rules lies beside the bundle:
 * the files themselves in `rules/`, or just which series cloud rules select (the parsers would double that bundle).
 */
export const functions = {
  ingest: { rules: 'cloud-series' },
  'route-alerts': { rules: 'files' },
  'evaluate-rules': { rules: 'files' },
  'escalation-decide': { rules: 'files' },
  heal: { rules: 'files' },
  'escalation-notify': { rules: 'none' },
  'escalation-wait': { rules: 'none' },
  acknowledge: { rules: 'none' },
  'inbound-events': { rules: 'none' },
  'anchor-audit': { rules: 'none' },
  heartbeat: { rules: 'none' },
  watch: { rules: 'none' },
  'register-device': { rules: 'none' },
  'provision-dashboards': { rules: 'none' },
} as const satisfies Readonly<Record<string, { readonly rules: 'files' | 'cloud-series' | 'none' }>>;

export type FunctionName = keyof typeof functions;
export const functionNames = Object.keys(functions) as readonly FunctionName[];

/** What `rules: 'cloud-series'` puts beside a bundle. */
export const CLOUD_SERIES_FILE = 'cloud-series.json';

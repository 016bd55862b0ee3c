/**
 * Every Lambda function, by the name of its folder in lambdas/: handler.ts there is bundled to
 * `<out>/lambdas/<name>/index.mjs`. `rules` says that the rule files lie beside the bundle, in `rules/`.
 */
export const functions = {
  ingest: { rules: true },
  'route-alerts': { rules: true },
  'evaluate-rules': { rules: true },
  'escalation-decide': { rules: true },
  'escalation-notify': { rules: false },
  'escalation-wait': { rules: false },
  acknowledge: { rules: false },
  'register-device': { rules: false },
  'provision-dashboards': { rules: false },
} as const satisfies Readonly<Record<string, { readonly rules: boolean }>>;

export type FunctionName = keyof typeof functions;
export const functionNames = Object.keys(functions) as readonly FunctionName[];

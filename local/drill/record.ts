/** What happened in a drill; times in milliseconds since something broke. */
export interface DrillRecord {
  readonly seed: number;
  readonly incident: string;
  readonly summary: string;
  readonly heldAtMs: number;
  readonly timeline: readonly { readonly atMs: number; readonly what: string }[];
  readonly pagedMs?: number;
  readonly acknowledged?: { readonly atMs: number; readonly by: string };
  /** What the team tried, the wrong ones included. */
  readonly attempts: readonly { readonly atMs: number; readonly repair: string; readonly isRight: boolean }[];
  readonly resolvedMs?: number;
}

/** What a team talks about afterwards. */
const QUESTIONS = [
  'Did the page say enough to begin? What had to be looked up?',
  'Which dashboard, and which panel, told what it was? What misled?',
  'Was the runbook section right, and in the order in which it was needed? Change it now.',
  'Would the second level have been told in time? Whom would you have called?',
  'What would have noticed it earlier, or mended it by itself?',
];

/** The figures of a drill, one a line. */
export function figures(record: DrillRecord): [string, string][] {
  const { pagedMs, acknowledged, attempts, resolvedMs } = record;
  const right = attempts.find(({ isRight }) => isRight);
  const wrong = attempts.filter(({ isRight }) => !isRight).length;
  return [
    ['time to the first page', seconds(pagedMs)],
    ['time to acknowledge', acknowledged ? `${seconds(acknowledged.atMs)}, by ${acknowledged.by}` : 'never'],
    ['time to the right repair', `${seconds(right?.atMs)}${wrong > 0 ? `, after ${wrong} wrong` : ''}`],
    ['time to resolve', seconds(resolvedMs)],
  ];
}

/** A page that a team can discuss, and keep. */
export function markdown(record: DrillRecord): string {
  const { seed, incident, summary, heldAtMs, timeline, attempts } = record;
  return [
    `# Incident drill: ${incident}`,
    '',
    `${new Date(heldAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC, seed ${seed}: \`npm run drill -- --incident ${incident} --seed ${seed}\` holds it again.`,
    '',
    `**What it was.** ${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    '',
    '| | |',
    '|---|---|',
    ...figures(record).map(([name, value]) => `| ${name} | ${cell(value)} |`),
    '',
    '## What happened',
    '',
    ...timeline.map(({ atMs, what }) => `- ${seconds(atMs)}: ${what}`),
    ...(attempts.length === 0 ? ['- nothing was tried'] : []),
    '',
    '## To discuss',
    '',
    ...QUESTIONS.map((question) => `- ${question}`),
    '',
  ].join('\n');
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? 'never' : `${(ms / 1000).toFixed(1)} s`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

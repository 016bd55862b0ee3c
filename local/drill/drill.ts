import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../../edge-agent/boards/prng.ts';
import { start } from '../start/start.ts';
import { type Story, StoryFailed } from '../stories/story.ts';
import { type Incident, incidents } from './incidents.ts';
import { play } from './play.ts';
import { figures, markdown } from './record.ts';
import { people, rehearsal } from './team.ts';

export interface DrillOptions {
  readonly seed: number;
  /** Instead of one by chance. */
  readonly incident?: Incident;
  /** Played without people. */
  readonly rehearse: boolean;
  readonly reportFile?: string;
  readonly port?: number;
}

const RUNBOOK = path.resolve(import.meta.dirname, '../../docs/runbook.md');
/** An agent's alerts are unknown after 15 s of silence here, after 90 s in a lab. */
const REPORT_EVERY_SECONDS = 5;
const QUIET_MS = { least: 5000, most: 25_000, rehearsed: 1000 };

/** Holds an incident drill on the twin. @returns the exit code: 0 when the incident was resolved */
export async function drill({ seed, rehearse, reportFile, port, ...options }: DrillOptions): Promise<number> {
  const random = seededRandom(seed);
  const chosen = random();
  const incident = options.incident ?? incidents[Math.floor(chosen * incidents.length)]!;
  const { least, most, rehearsed } = QUIET_MS;
  const [place, share] = [random(), random()];
  const story: Story = {
    name: 'drill',
    summary: `an incident drill, seed ${seed}${rehearse ? ', rehearsed' : ''}`,
    rulesDir: 'local/drill/rules',
    async play(stage) {
      const team = rehearse ? rehearsal(incident.repair) : people(process.stdin);
      try {
        const record = await play(stage, team, {
          seed,
          incident,
          place,
          quietMs: rehearse ? rehearsed : least + share * (most - least),
          runbook: readFileSync(RUNBOOK, 'utf8'),
          nowMs: Date.now,
        });
        stage.say(`it was: ${record.summary}`);
        for (const [name, value] of figures(record)) stage.say(`${name}: ${value}`);
        if (reportFile !== undefined) {
          writeFileSync(reportFile, markdown(record));
          stage.say(`report: ${reportFile}`);
        }
        if (record.resolvedMs === undefined) throw new StoryFailed('the incident was not resolved');
      } finally {
        team.close();
      }
    },
  };
  return start({
    story,
    reportIntervalSeconds: REPORT_EVERY_SECONDS,
    dropOne: false,
    verbose: false,
    ...(port === undefined ? {} : { port }),
  });
}

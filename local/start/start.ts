import { rmSync, writeFileSync } from 'node:fs';
import { StoryFailed } from '../stories/story.ts';
import { Interrupted, onInterrupt, pause, untilInterrupted } from './interrupt.ts';
import type { StartOptions } from './options.ts';
import { createProgress, type Progress } from './progress.ts';
import type { RunReport } from './report.ts';
import { CACHE, openRun, type Run } from './run.ts';
import { createRunDirectory } from './run-directory.ts';
import { createStage } from './stage.ts';
import { statusLine, welcome } from './words.ts';

const STATUS_EVERY_MS = 1000;

/**
 * Runs the twin until Ctrl-C, for a time, or for the length of a story; then accounts for everything.
 * @returns the exit code: 0 it ended as it must, 1 it did not, 130 it was interrupted before it could
 */
export async function start(options: StartOptions): Promise<number> {
  const progress = createProgress(process.stdout, Date.now);
  const say = (line: string): void => progress.say(line);
  const { signal, end } = onInterrupt();
  let dataDir: string | undefined;
  let run: Run | undefined;
  try {
    dataDir = createRunDirectory(CACHE);
    run = await openRun(options, dataDir, progress, signal);
    say(welcome(run, options));
    const { failure, cutShort } = await live(run, options, signal, progress);
    progress.end();
    progress.phase('ending: the agent sends what it has, the store says what it holds ...');
    const report = await run.settle();
    const code = conclude(report, options, failure, say);
    if (cutShort) say(`interrupted before ${cutShort} had ended`);
    return code === 0 && cutShort ? Interrupted.exitCode : code;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return Interrupted.exitCode;
  } finally {
    progress.end();
    await run?.close();
    if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true });
    end();
  }
}

interface Ending {
  readonly failure?: StoryFailed;
  /** What was asked for and interrupted. */
  readonly cutShort?: 'the story' | 'the time';
}

/** Lets the run live: plays the story, waits for the time, or for Ctrl-C; whatever is asked for. */
async function live(
  run: Run,
  { story, forMs }: StartOptions,
  signal: AbortSignal,
  progress: Progress,
): Promise<Ending> {
  const started = performance.now();
  const show = (): void => {
    // A look that fails is followed by another in a second.
    run.snapshot().then(
      (snapshot) => progress.update(statusLine(snapshot)),
      () => undefined,
    );
  };
  const ticker = setInterval(show, STATUS_EVERY_MS);
  let asked: Ending['cutShort'];
  try {
    if (story) {
      asked = 'the story';
      progress.say(`Story: ${story.summary}`);
      await story.play(createStage(run, (line) => progress.say(`  ${elapsed(started)}  ${line}`), signal));
    }
    asked = forMs === undefined ? undefined : 'the time';
    if (forMs !== undefined) await pause(Math.max(0, forMs - (performance.now() - started)), signal);
    else if (!story) await untilInterrupted(signal);
    return {};
  } catch (error) {
    if (error instanceof StoryFailed) return { failure: error };
    if (error instanceof Interrupted) return asked ? { cutShort: asked } : {};
    throw error;
  } finally {
    clearInterval(ticker);
  }
}

function conclude(
  report: RunReport,
  options: StartOptions,
  failure: StoryFailed | undefined,
  say: (line: string) => void,
): number {
  const { points, egress } = report;
  say(
    `points: ${points.recorded} recorded = ${points.stored} stored + ${points.archived} archived + ${points.rejected} rejected + ${points.buffered} buffered, ${points.lost} lost`,
  );
  const held = (of: 'inhibited' | 'silenced' | 'muted'): number =>
    report.groups.reduce((sum, group) => sum + group[of], 0);
  const total = report.groups.reduce(
    (sum, { alerts, pages }) => ({ alerts: sum.alerts + alerts, pages: sum.pages + pages }),
    {
      alerts: 0,
      pages: 0,
    },
  );
  if (total.alerts > 0) {
    say(
      `alerts: ${total.alerts} in ${report.groups.length} groups, ${held('inhibited')} inhibited, ${held('silenced')} silenced, ${held('muted')} muted: ${total.pages} pages`,
    );
  }
  if (egress.canaryFound) say(`RAW SIGNAL LEFT THE EDGE: ${egress.evidence}`);
  if (failure) say(`the story failed: ${failure.message}`);
  if (options.reportFile) {
    writeFileSync(options.reportFile, `${JSON.stringify(report, null, 2)}\n`);
    say(`report: ${options.reportFile}`);
  }
  return points.lost !== 0 || egress.canaryFound || failure ? 1 : 0;
}

function elapsed(startedMs: number): string {
  return `${((performance.now() - startedMs) / 1000).toFixed(1).padStart(5)} s`;
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StoryFailed } from '../stories/story.ts';
import type { StartOptions } from './options.ts';
import { createProgress } from './progress.ts';
import type { RunReport } from './report.ts';
import { openRun, type Run } from './run.ts';
import { createStage } from './stage.ts';
import { statusLine, welcome } from './words.ts';

const STATUS_EVERY_MS = 1000;

/**
 * Runs the twin until Ctrl-C, for a time, or for the length of a story; then accounts for everything.
 * @returns the exit code: 0 it ended as it must, 1 it did not
 */
export async function start(options: StartOptions): Promise<number> {
  const progress = createProgress(process.stdout, Date.now);
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'nsmon-'));
  const interrupted = onInterrupt();
  let run: Run | undefined;
  try {
    run = await openRun(options, dataDir, progress);
    progress.say(welcome(run, options));
    const ticker = setInterval(() => {
      void run?.snapshot().then((snapshot) => progress.update(statusLine(snapshot)));
    }, STATUS_EVERY_MS);
    let failure: StoryFailed | undefined;
    try {
      failure = await live(run, options, interrupted.promise, (line) => progress.say(line));
    } finally {
      clearInterval(ticker);
    }
    progress.end();
    const report = await run.settle();
    return conclude(report, options, failure, (line) => progress.say(line));
  } finally {
    interrupted.end();
    progress.end();
    await run?.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Lets the run live: plays the story, waits for the time, or for Ctrl-C; whatever is asked for. */
async function live(
  run: Run,
  { story, forMs }: StartOptions,
  interrupted: Promise<void>,
  say: (line: string) => void,
): Promise<StoryFailed | undefined> {
  const started = performance.now();
  let failure: StoryFailed | undefined;
  const timeline = (line: string): void => say(`  ${elapsed(started)}  ${line}`);
  if (story) {
    say(`\nStory: ${story.summary}`);
    const played = story.play(createStage(run, timeline)).catch((error: unknown) => {
      if (!(error instanceof StoryFailed)) throw error;
      failure = error;
    });
    await Promise.race([played, interrupted]);
  }
  const leftMs = forMs === undefined ? 0 : forMs - (performance.now() - started);
  if (forMs !== undefined && leftMs > 0 && !failure) await Promise.race([sleep(leftMs), interrupted]);
  if (!story && forMs === undefined) await interrupted;
  return failure;
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

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** Ctrl-C, or a terminal that goes away: the first ends the run in order, a second one at once. */
function onInterrupt(): { promise: Promise<void>; end: () => void } {
  let resolve: () => void = () => undefined;
  let times = 0;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const listener = (): void => {
    times += 1;
    if (times > 1) process.exit(130);
    resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, listener);
  return {
    promise,
    end: () => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, listener);
    },
  };
}

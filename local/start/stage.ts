import type { Stage } from '../stories/story.ts';
import { StoryFailed } from '../stories/story.ts';
import { escalationReport } from './alert-history.ts';
import { pause } from './interrupt.ts';
import type { Run } from './run.ts';

const LOOK_EVERY_MS = 100;

/**
 * The stage of a story: the running twin, as a person and a hand on the cap would meet it. Waiting throws the signal's
 * reason once it is aborted: that ends the story.
 */
export function createStage(run: Run, say: (line: string) => void, signal: AbortSignal): Stage {
  const inject = (command: object) => run.command(command);
  return {
    say,
    pause: (ms) => pause(ms, signal),
    async until(what, withinMs, look) {
      const deadline = performance.now() + withinMs;
      while (performance.now() < deadline) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
        await pause(LOOK_EVERY_MS, signal);
      }
      throw new StoryFailed(`waited ${withinMs / 1000} s for ${what}, in vain`);
    },
    board: {
      channels: run.channelNames,
      detach: (channel) => inject({ command: 'inject-fault', fault: { kind: 'electrode-detached', channel } }),
      attach: (channel) => inject({ command: 'clear-fault', kind: 'electrode-detached', channel }),
      stall: (until) => inject({ command: 'inject-fault', fault: { kind: 'stall', ...(until ? { until } : {}) } }),
      unstall: () => inject({ command: 'clear-fault', kind: 'stall' }),
    },
    tellSession: (session) => run.tellSession(session),
    healing: async () => (await run.cloudAlerts()).healing,
    hands: run.hands,
    groups: async () => (await run.cloudAlerts()).groups,
    quality: async () => (await run.agentStatus())?.device?.quality,
    edgeAlerts: async () => (await run.agentStatus())?.alerts ?? [],
    received: () => run.received(),
    acknowledge,
    async escalation() {
      const { groups } = await run.cloudAlerts();
      const report = escalationReport(groups, run.executionStatus);
      return (
        report && { status: report.status, ...(report.acknowledgedBy ? { acknowledgedBy: report.acknowledgedBy } : {}) }
      );
    },
  };
}

/**
 * Reads the page behind the link, then submits its form with the name filled in.
 * @throws StoryFailed when the page has no form, or the submission is refused
 */
async function acknowledge(link: string, who: string): Promise<void> {
  const page = await fetch(link);
  const html = await page.text();
  const form = /<form[^>]*method="post"[^>]*>([\s\S]*?)<\/form>/i.exec(html);
  if (!page.ok || !form) throw new StoryFailed(`the acknowledge page (${page.status}) has no form to submit`);
  const action = /action="([^"]*)"/i.exec(form[0])?.[1]?.replaceAll('&amp;', '&') ?? '';
  const fields = new URLSearchParams();
  for (const [tag] of form[0].matchAll(/<input[^>]*>/gi)) {
    const name = /name="([^"]+)"/i.exec(tag)?.[1];
    const isHidden = /type="hidden"/i.test(tag);
    if (name) fields.set(name, isHidden ? (/value="([^"]*)"/i.exec(tag)?.[1] ?? '') : who);
  }
  const answer = await fetch(new URL(action === '' ? link : action, link), { method: 'POST', body: fields });
  if (!answer.ok) throw new StoryFailed(`the acknowledgement was refused: ${answer.status} ${await answer.text()}`);
}

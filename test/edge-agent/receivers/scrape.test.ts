import { describe, expect, test } from '@jest/globals';
import { createScraper } from '../../../edge-agent/receivers/scrape.ts';

const target = { job: 'neural-api', url: 'http://127.0.0.1:9100/metrics' };

function scraperThatGets(...answers: (Response | Error)[]) {
  const problems: string[] = [];
  const scrape = createScraper(target, {
    nowMs: () => 7000,
    fetch: async () => {
      const answer = answers.shift() ?? new Error('nothing left to answer');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onProblem: (_target, reason) => problems.push(reason),
  });
  return { scrape, problems };
}

describe('scraping an application', () => {
  test('gives its series under its job and instance, and up = 1', async () => {
    const { scrape } = scraperThatGets(new Response('requests 3\n'));
    expect(await scrape()).toEqual({
      resource: { job: 'neural-api', instance: '127.0.0.1:9100' },
      points: [
        { kind: 'gauge', name: 'requests', labels: {}, timeMs: 7000, value: 3 },
        { kind: 'gauge', name: 'up', labels: {}, timeMs: 7000, value: 1 },
      ],
    });
  });

  test('an application that is gone is up = 0, and its reason is told once', async () => {
    const refused = () => new Error('connect ECONNREFUSED');
    const { scrape, problems } = scraperThatGets(refused(), refused(), new Response('no metrics', { status: 503 }));
    for (let i = 0; i < 3; i += 1) {
      expect((await scrape()).points).toEqual([{ kind: 'gauge', name: 'up', labels: {}, timeMs: 7000, value: 0 }]);
    }
    expect(problems).toEqual(['connect ECONNREFUSED', 'it answered 503']);
  });

  test('a page that cannot be read counts as gone, and says in which line', async () => {
    const { scrape, problems } = scraperThatGets(new Response('{"not": "metrics"}'));
    expect((await scrape()).points).toHaveLength(1);
    expect(problems[0]).toMatch(/^line 1: /);
  });
});

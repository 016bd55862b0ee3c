import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AlertingWorld } from '../support/alerting-world.ts';

let world: AlertingWorld;
beforeEach(() => {
  world = new AlertingWorld();
});
afterEach(() => world.close());

describe('an alert of an agent', () => {
  test('nobody answers at level 1, level 2 pages, somebody acknowledges, it resolves, everybody learns so', async () => {
    await world.set('lab-1', 'A', 'pending');
    await world.at(10);
    await world.set('lab-1', 'A', 'firing');
    await world.at(400);
    expect((await world.open('POST', world.link, 'Ada')).statusCode).toBe(200);
    await world.at(500);
    await world.set('lab-1', 'A', 'resolved');
    await world.at(520);
    expect(world.received).toEqual([
      '10s slack CRITICAL: A on lab-1',
      '310s pagerduty trigger CRITICAL, level 2: A on lab-1, nobody has acknowledged',
      '400s slack ACKNOWLEDGED by Ada: A on lab-1',
      '400s pagerduty acknowledge',
      '500s slack RESOLVED: A on lab-1',
      '500s pagerduty resolve',
    ]);
    expect(world.executions.map(({ status }) => status)).toEqual(['SUCCEEDED']);
    const group = await world.groupOf('A');
    expect(group).toMatchObject({ phase: 'closed', acknowledgement: { by: 'Ada' } });
    expect(group?.log.map(({ kind, status }) => (status ? `${kind} ${status}` : kind))).toEqual([
      'firing',
      'trigger delivered',
      'escalate delivered',
      'acknowledged',
      'acknowledged delivered',
      'acknowledged delivered',
      'resolved',
      'resolved delivered',
      'resolved delivered',
      'closed',
    ]);
  });

  test.each([
    ['a silence without matchers', 'SILENCE', { id: 'x', startsAtMs: 0, endsAtMs: Number.MAX_SAFE_INTEGER }],
    ['a silence that is null', 'SILENCE', null],
  ])('is told although the table has %s', async (_what, pk, document) => {
    await world.table.put(pk, 'x', document, undefined);
    await world.set('lab-1', 'A', 'firing');
    expect(world.received).toEqual(['0s slack CRITICAL: A on lab-1']);
  });

  test('acknowledged early, pages nobody else', async () => {
    await world.set('lab-1', 'A', 'firing');
    await world.at(20);
    await world.open('POST', world.link, 'Ada');
    await world.at(1000);
    expect(world.received).toEqual(['0s slack CRITICAL: A on lab-1', '20s slack ACKNOWLEDGED by Ada: A on lab-1']);
  });

  test('acknowledged late, by a token that is gone: the link still works, and is told to everybody', async () => {
    await world.set('lab-1', 'A', 'firing');
    await world.at(1);
    const { link } = world;
    await world.at(310);
    await world.open('POST', link, 'Ada');
    expect(world.received.slice(2)).toEqual([
      '310s slack ACKNOWLEDGED by Ada: A on lab-1',
      '310s pagerduty acknowledge',
    ]);
  });

  test('that resolves while the escalation waits, ends it', async () => {
    await world.set('lab-1', 'A', 'firing');
    await world.at(100);
    await world.set('lab-1', 'A', 'gone');
    expect(world.received.slice(1)).toEqual(['100s slack RESOLVED: A on lab-1']);
    expect(world.executions[0]?.status).toBe('SUCCEEDED');
  });

  test('that is back the next minute, is a new incident with an execution of its own', async () => {
    await world.set('lab-1', 'A', 'firing');
    await world.at(400);
    await world.set('lab-1', 'A', 'resolved');
    await world.at(460);
    await world.set('lab-1', 'A', 'firing');
    await world.at(800);
    expect(world.received.slice(-2)).toEqual([
      '460s slack CRITICAL: A on lab-1',
      '760s pagerduty trigger CRITICAL, level 2: A on lab-1, nobody has acknowledged',
    ]);
    expect(world.executions.map(({ status }) => status).sort()).toEqual(['RUNNING', 'SUCCEEDED']);
    const keys = world.requests.flatMap((request) =>
      request.transport === 'http' ? [(JSON.parse(request.body) as { dedup_key?: string }).dedup_key] : [],
    );
    expect(new Set(keys.filter(Boolean)).size).toBe(2);
  });

  test('delivered late or twice, changes nothing', async () => {
    await world.set('lab-1', 'A', 'firing');
    await world.at(10);
    expect(await world.send('lab-1', 1)).toBe('older sequence number');
    await world.set('lab-1', 'A', 'resolved');
    const firing = { labels: { alertname: 'A', severity: 'critical' }, annotations: {}, state: 'firing' as const };
    expect(await world.send('lab-1', 1, [{ ...firing, activeAtMs: 1, value: 1 }])).toBe('older sequence number');
    await world.at(400);
    expect(world.received).toEqual(['0s slack CRITICAL: A on lab-1', '10s slack RESOLVED: A on lab-1']);
  });
});

describe('an agent that dies while its alert fires', () => {
  test('leaves it unknown, which is told; EdgeAgentSilent fires; nothing resolves before the agent is back', async () => {
    await world.set('lab-1', 'A', 'firing');
    await world.at(60);
    const revive = world.die('lab-1');
    await world.at(290);
    expect(world.received).toEqual([
      '0s slack CRITICAL: A on lab-1',
      '180s slack UNKNOWN: A on lab-1, lab-1 is silent',
      '180s slack CRITICAL: EdgeAgentSilent on lab-1',
    ]);
    revive();
    await world.set('lab-1', 'A', 'gone');
    await world.at(299);
    expect(world.received.slice(3)).toEqual(['290s slack RESOLVED: A on lab-1']);
    await world.at(360);
    expect(world.received.slice(4)).toEqual(['300s slack RESOLVED: EdgeAgentSilent on lab-1']);
  });
});

describe('a crash', () => {
  test('between storing an alert and starting its escalation loses nothing: the next report starts it', async () => {
    world.isStepFunctionsDown = true;
    await world.set('lab-1', 'A', 'firing');
    expect(world.executions).toHaveLength(0);
    world.isStepFunctionsDown = false;
    await world.at(30);
    expect(world.received).toEqual(['30s slack CRITICAL: A on lab-1']);
  });

  test('between storing a resolve and waking the wait loses nothing', async () => {
    await world.set('lab-1', 'A', 'firing');
    await world.at(10);
    world.isStepFunctionsDown = true;
    await world.set('lab-1', 'A', 'gone');
    world.isStepFunctionsDown = false;
    await world.at(30);
    expect(world.received).toEqual(['0s slack CRITICAL: A on lab-1', '30s slack RESOLVED: A on lab-1']);
  });

  test.each(['SENDER', 'GROUP'])(
    'before any one write of %s loses nothing and says nothing twice',
    async (partition) => {
      for (let crashAt = 1; crashAt <= 8; crashAt += 1) {
        const one = new AlertingWorld();
        let writes = 0;
        one.table.beforePut = (pk) => {
          if (!pk.startsWith(partition)) return;
          writes += 1;
          if (writes === crashAt) throw new Error('crash');
        };
        await one.set('lab-1', 'A', 'firing');
        await one.at(200);
        await one.set('lab-1', 'A', 'gone');
        await one.at(400);
        const said = one.received.map((line) => line.replace(/^\d+(\.\d+)?s /, ''));
        expect([...new Set(said)]).toEqual(['slack CRITICAL: A on lab-1', 'slack RESOLVED: A on lab-1']);
        // A crash after the channel took it and before that was stored: one duplicate, no more.
        expect(said.length).toBeLessThanOrEqual(3);
        expect((await one.groupOf('A'))?.phase).toBe('closed');
        await one.close();
      }
    },
  );
});

describe('a channel', () => {
  test('that is dead does not keep the others from being told, and its failure is in the log', async () => {
    world.answer = (request) =>
      request.transport === 'http' && request.url.includes('events')
        ? { status: 202, text: '' }
        : { status: 503, text: 'no' };
    await world.set('lab-1', 'A', 'firing');
    await world.at(320);
    expect(world.received.some((line) => line.startsWith('300s pagerduty trigger'))).toBe(true);
    const { log = [] } = (await world.groupOf('A')) ?? {};
    expect(log.find(({ status }) => status === 'failed')?.summary).toBe('CRITICAL: A on lab-1: 503 no');
  });

  test('that the secret does not name hands on to the next level at once, with a reason that helps', async () => {
    world.channels = async () => ({
      pagerduty: { routingKey: 'r'.repeat(32), eventsUrl: 'https://events.example.org/v2/enqueue' },
    });
    await world.set('lab-1', 'A', 'firing');
    await world.at(1);
    expect(world.received).toEqual(['0s pagerduty trigger CRITICAL, level 2: A on lab-1, nobody has acknowledged']);
    const { log = [] } = (await world.groupOf('A')) ?? {};
    expect(log.find(({ status }) => status === 'gave-up')?.summary).toMatch(/has no "slack": add/);
  });

  test('is told when the secret is there again', async () => {
    const { channels } = world;
    world.channels = async () => {
      throw new Error('ResourceNotFoundException');
    };
    await world.set('lab-1', 'A', 'firing');
    await world.at(10);
    expect(world.received).toEqual([]);
    world.channels = channels;
    await world.at(60);
    expect(world.received).toHaveLength(1);
  });
});

describe('the acknowledge page', () => {
  beforeEach(async () => {
    await world.set('lab-1', '<b>A</b>', 'firing');
    await world.at(1);
  });

  test('read ten times acknowledges nothing', async () => {
    for (let i = 0; i < 10; i += 1) {
      const page = await world.open('GET', world.link);
      expect(page.statusCode).toBe(200);
      expect(page.body).toContain('<form method="post"');
    }
    await world.at(320);
    expect(world.received.at(-1)).toMatch(/^301s pagerduty trigger|^300s pagerduty trigger/);
    expect((await world.groupOf('<b>A</b>'))?.acknowledgement).toBeUndefined();
  });

  test('escapes what it shows, and forbids everything it does not need', async () => {
    const { body, headers } = await world.open('GET', world.link);
    expect(body).toContain('&lt;b&gt;A&lt;/b&gt;');
    expect(body).not.toContain('<b>A');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  test('asks who you are, once more if need be', async () => {
    const page = await world.open('POST', world.link, ' \u0000 ');
    expect(page.statusCode).toBe(400);
    expect(page.body).toContain('aria-invalid="true"');
    const escaped = await world.open('POST', world.link, '<i>Ada</i>');
    expect(escaped.body).toContain('&lt;i&gt;Ada&lt;/i&gt; is taking care of it');
  });

  test('says so when it is acknowledged or resolved already', async () => {
    await world.open('POST', world.link, 'Ada');
    expect((await world.open('POST', world.link, 'Bob')).body).toContain('Already acknowledged');
    expect((await world.open('GET', world.link)).body).toContain('Ada is taking care of it');
    const { link } = world;
    await world.set('lab-1', '<b>A</b>', 'gone');
    expect((await world.open('POST', link, 'Bob')).body).toContain('Already resolved');
  });

  test('takes progress from its form, and from nothing else: the lease counts from then', async () => {
    const { link } = world;
    await world.open('POST', link, 'Ada');
    await world.at(600);
    const page = await world.open('GET', link);
    expect(page.body).toContain('I am still on it');
    await world.open('POST', link, 'Bob');
    expect((await world.groupOf('<b>A</b>'))?.acknowledgement).toEqual({ by: 'Ada', atMs: expect.any(Number) });

    expect((await world.open('POST', link, ' ', { do: 'progress' })).statusCode).toBe(400);
    const noted = await world.open('POST', link, 'Ada', { do: 'progress', note: '<u>new gel</u>\n' });
    expect(noted.body).toContain('Noted');
    expect(noted.body).toContain('Ada is on it: &lt;u&gt;new gel&lt;/u&gt;');
    const { acknowledgement } = (await world.groupOf('<b>A</b>')) ?? {};
    expect(acknowledgement?.progressAtMs).toBeGreaterThanOrEqual((acknowledgement?.atMs ?? 0) + 590_000);
  });

  test('takes it anew when somebody says too late that they are still on it', async () => {
    const answer = await world.open('POST', world.link, 'Ada', { do: 'progress', note: 'at the rack' });
    expect(answer.statusCode).toBe(200);
    const group = await world.groupOf('<b>A</b>');
    expect(group?.acknowledgement).toMatchObject({ by: 'Ada', progressAtMs: expect.any(Number) });
    expect(group?.log.map(({ kind }) => kind).slice(-4)).toEqual(expect.arrayContaining(['acknowledged', 'progress']));
  });

  test('refuses links that are forged or old, and other methods', async () => {
    const { link } = world;
    expect((await world.open('POST', `${link}x`, 'Ada')).statusCode).toBe(403);
    expect((await world.open('DELETE', link)).statusCode).toBe(405);
    await world.clock.advance(25 * 3_600_000);
    expect((await world.open('POST', link, 'Ada')).statusCode).toBe(410);
    expect((await world.groupOf('<b>A</b>'))?.acknowledgement).toBeUndefined();
  });
});

import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeInBrowser, launchBrowser, screenshotFolder } from '../support/browser.ts';
import { CONTRASTS, type Contrast, OVERFLOW, PANELS, type SeenPanel } from '../support/page-checks.ts';
import { type SampleWeb, startSampleWeb } from '../support/sample-web.ts';

const DASHBOARDS = ['neural-processing', 'device-monitoring', 'alert-management', 'system-performance', 'history'];
const SCHEMES = { timestream: 'dark', prometheus: 'light' } as const;
const shots = screenshotFolder();

let browser: Browser;

/** Waits until each panel has had its first answer. */
async function settled(page: Page): Promise<void> {
  await page.waitForSelector('.panel');
  await page.waitForSelector('.panel[data-state="loading"]', { state: 'detached' });
}

describeInBrowser('the pages in a browser', () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  describe.each(['timestream', 'prometheus'] as const)('with %s behind them', (store) => {
    let web: SampleWeb;
    let context: BrowserContext;
    let page: Page;
    const complaints: string[] = [];

    beforeAll(async () => {
      web = await startSampleWeb(store);
      context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: SCHEMES[store] });
      page = await context.newPage();
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => {
        if (!request.url().startsWith(web.url)) complaints.push(`asked for ${request.url()}`);
      });
    });
    beforeEach(() => {
      complaints.length = 0;
    });
    afterAll(async () => {
      await context.close();
      await web.close();
    });

    async function open(address: string): Promise<void> {
      await page.goto(web.url + address);
      await page.waitForSelector('h1');
    }

    async function picture(name: string): Promise<void> {
      await page.screenshot({ path: path.join(shots, `${name}-${store}.png`), fullPage: true });
    }

    test.each(DASHBOARDS)('every panel of %s has drawn data, and nothing is complained of', async (slug) => {
      await open(`/d/${slug}`);
      await settled(page);
      const panels = (await page.evaluate(PANELS)) as SeenPanel[];
      await picture(slug);
      expect(panels.length).toBeGreaterThanOrEqual(6);
      expect(panels.filter(({ state, drawn }) => state !== 'ready' || !drawn)).toEqual([]);
      expect(complaints).toEqual([]);
    });

    test('the overview tells what runs, what is wrong, and what to try', async () => {
      await open('/');
      await page.waitForSelector('.device');
      expect(await page.textContent('h1')).toBe('1 alert is firing');
      expect(await page.$$eval('.station .count', (all) => all.map((element) => element.textContent))).not.toContain(
        '–',
      );
      expect(await page.textContent('.device')).toContain('249.8 Hz');
      expect(await page.$$('.hints li')).toHaveLength(3);
      await picture('overview');
      expect(complaints).toEqual([]);
    });

    test('alerts lie on a line of time, from pending over firing to resolved', async () => {
      await open('/alerts');
      await page.waitForSelector('.track');
      expect(await page.$$('.track')).toHaveLength(4);
      expect(await page.$$('.segment.firing')).toHaveLength(3);
      expect(await page.$$('.resolved-mark')).toHaveLength(2);
      expect(await page.textContent('.alert h3')).toBe('ElectrodeDetached');
      await picture('alerts');
      expect(complaints).toEqual([]);
    });

    test('an alert says why nobody is told of it, who has it, and what went wrong', async () => {
      await open('/alerts');
      await page.waitForSelector('.note');
      expect(await page.textContent('.note.silenced')).toMatch(/silence 85272e8b of ada: the subject moves.* until /);
      expect(await page.textContent('.note.inhibited')).toMatch(/^was inhibitedby DeviceSilent of lab-1/);
      expect(await page.textContent('.note.acknowledged')).toMatch(/Robin is on it: new gel.*counts until /);
      expect(await page.textContent('.note.problem')).toContain('nobody is on call by schedule devices');
    });

    test('beside the alerts stands who is on call, what is silenced, and what healing did', async () => {
      await open('/alerts');
      await page.waitForSelector('.rows');
      const [onCall, silences, healing] = await page.$$eval('.operations section', (all) =>
        all.map((one) => one.textContent ?? ''),
      );
      expect(onCall).toMatch(/cloudon callkatherine until .*devicesnobodynobody is on call until/);
      expect(silences).toMatch(
        /the subject moves on purposeactive.*holds back 1 alert.*new switchplanned.*maintenance/,
      );
      expect(healing).toMatch(/frozen.*Attempt 2.*npx nsmon heal thaw/);
    });

    test('the inbox shows notifications as they arrive, with the link to acknowledge', async () => {
      await open('/inbox');
      await page.waitForSelector('.message');
      const before = (await page.$$('.message')).length;
      expect(await page.getAttribute('.message.pagerduty a.button', 'href')).toContain('/acknowledge?token=');
      const mail = await (await page.$('.message.email .mail'))?.contentFrame();
      expect(await mail?.textContent('h1')).toBe('WARNING: ElectrodeDetached on lab-1');
      expect(await page.textContent('.message.slack .answer')).toBe('Click “Acknowledge” in Slack');
      web.inbox.deliver('email', 'on-call@example.org', 'A new one', 'Just now');
      await page.waitForSelector('.message h2:text-is("A new one")');
      expect((await page.$$('.message')).length).toBe(before + 1);
      expect(await page.textContent('.message h2')).toBe('A new one');
      await picture('inbox');
      expect(complaints).toEqual([]);
    });
  });

  describe('whoever looks', () => {
    let web: SampleWeb;
    let context: BrowserContext;
    let page: Page;

    beforeAll(async () => {
      web = await startSampleWeb('prometheus');
      context = await browser.newContext({ viewport: { width: 1200, height: 800 }, colorScheme: 'dark' });
      page = await context.newPage();
    });
    afterAll(async () => {
      await context.close();
      await web.close();
    });

    test('can read every text in the dark and in the light: contrast of 4.5 and more', async () => {
      await page.goto(web.url);
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        const contrasts = (await page.evaluate(CONTRASTS)) as Contrast[];
        expect(contrasts.length).toBeGreaterThan(10);
        expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: 'dark' });
    });

    test('on a telephone needs no sideways scrolling', async () => {
      await page.setViewportSize({ width: 390, height: 800 });
      for (const address of ['/', '/alerts', '/inbox', '/d/neural-processing', '/d/device-monitoring']) {
        await page.goto(web.url + address);
        await page.waitForSelector('.station, .track, .message, .panel');
        if (address.startsWith('/d/')) await settled(page);
        expect([address, await page.evaluate(OVERFLOW)]).toEqual([address, 0]);
      }
      await page.setViewportSize({ width: 1200, height: 800 });
    });

    test('and presses Live gets data every second for ten minutes', async () => {
      await page.goto(`${web.url}/d/alert-management`);
      await settled(page);
      await page.click('button.live');
      await page.waitForSelector('button.live.on');
      expect(web.liveRequests).toEqual([600]);
      const times: number[] = [];
      const isFirstPanel = (request: { url(): string; postDataJSON(): { panel?: number } | null }) =>
        request.url().endsWith('/api/query') && request.postDataJSON()?.panel === 1;
      for (let i = 0; i < 3; i++) {
        await page.waitForRequest(isFirstPanel);
        times.push(Date.now());
      }
      expect(Math.max(times[1]! - times[0]!, times[2]! - times[1]!)).toBeLessThan(2000);
    });

    test('sees in the panel why its query failed, and the data again when it no longer does', async () => {
      web.failQueries('the store is being repaired');
      await page.waitForSelector('.panel[data-state="error"]');
      expect(await page.textContent('.panel[data-state="error"] .panel-message')).toBe('the store is being repaired');
      web.failQueries(undefined);
      await page.waitForSelector('.panel[data-state="ready"]');
    });

    test('is told what to do where there is nothing yet', async () => {
      web.empty(true);
      await page.goto(`${web.url}/d/system-performance`);
      await page.waitForSelector('.panel[data-state="empty"]');
      expect(await page.textContent('.panel[data-state="empty"] .panel-message')).toMatch(/scrape/);
      for (const [name, hint] of [
        ['Overview', /edge agent connects/],
        ['Alerts', /npm start/],
        ['Inbox', /npm start/],
      ] as const) {
        await page.click(`nav a:has-text("${name}")`);
        await page.waitForSelector(`h1:text-is("${name === 'Overview' ? 'No device is connected' : name}")`);
        await page.waitForSelector('.empty');
        expect(await page.textContent('.empty')).toMatch(hint);
      }
      web.empty(false);
    });

    test('finds the way back from an address that is none', async () => {
      await page.goto(`${web.url}/d/nowhere`);
      await page.waitForSelector('.notice');
      expect(await page.textContent('.notice')).toContain("there is no dashboard 'nowhere'");
      await page.click('.notice a.button');
      await page.waitForSelector('.flow');
    });
  });
});

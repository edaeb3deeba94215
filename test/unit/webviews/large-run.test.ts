import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { RunFeed } from '../../../src/extension/dashboard/run-feed.ts';
import { readPoints } from '../../../src/runtime/runs/event-index/read-points.ts';
import { readRun } from '../../../src/runtime/runs/folder.ts';
import { createRunWriter } from '../../../src/runtime/runs/run-writer.ts';
import type { RunState } from '../../../src/runtime/runs/state.ts';
import { sampleRecord } from '../runtime/sample-events.ts';

const program = '/usr/bin/chromium';
/** Points of each of the two seeds; together more than are read at once. */
const pointsOfSeed = 700_000;

interface Posted {
  readonly type: string;
  readonly metric?: string;
  readonly low?: number;
  readonly high?: number;
  readonly message?: string;
}

describe('the dashboard of a large run', function () {
  this.timeout(120_000);
  let browser: Browser | undefined;
  let folder: string;
  let state: RunState;
  let page: Page;

  before(async function () {
    if (!existsSync(program)) {
      console.log(`      Not run, because there is no ${program}.`);
      this.skip(); // there is nothing to draw it in
    }
    folder = await mkdtemp(join(tmpdir(), 'marginalia-'));
    const { experiment } = sampleRecord;
    const description = {
      ...experiment.description,
      question: 'Is it large?',
      arms: { fast: { role: 'method', about: '' } },
      metrics: { loss: { better: 'lower', unit: 'nats', about: 'the loss' } },
    } as const;
    const record = { ...sampleRecord, arms: ['fast'], experiment: { ...experiment, description }, pid: 2 ** 22 + 7 };
    const writer = createRunWriter(join(folder, 'run'), record);
    writer.event({ type: 'started', pid: 1 });
    for (const seed of [0, 1]) {
      const trial = `fast#${seed}`;
      writer.event({ type: 'trial-started', trial, arm: 'fast', seed, pid: 1 });
      for (let first = 0; first < pointsOfSeed; first += 1000) {
        const steps = Array.from({ length: 1000 }, (_, index) => first + index);
        writer.event({
          type: 'points',
          trial,
          metric: 'loss',
          steps,
          values: steps.map((step) => Math.sin(step / 1e5)),
        });
      }
      writer.event({ type: 'trial-ended', trial, outcome: 'completed', seconds: 1 });
    }
    writer.end('completed');
    state = await readRun(join(folder, 'run'), 'drawn');
    browser = await chromium.launch({
      executablePath: program,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run'],
    });
    page = await browser.newPage({ viewport: { width: 1200, height: 1400 } });
    await page.setContent('<!doctype html><html lang="en"><title>run</title><body></body></html>');
    await page.addStyleTag({ content: await readFile('dist/webviews/dashboard.css', 'utf8') });
    await page.addScriptTag({
      content:
        'window.posted = []; window.acquireVsCodeApi = () => ({ postMessage: (message) => posted.push(message), getState: () => undefined, setState: () => undefined });',
    });
    await page.addScriptTag({ content: await readFile('dist/webviews/dashboard.js', 'utf8'), type: 'module' });
  });
  after(async () => {
    await browser?.close();
    if (browser !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** Sends a message as the extension would; lists of numbers arrive as they are in the editor. */
  async function send(message: unknown): Promise<void> {
    const text = JSON.stringify(message, (_, value: unknown) =>
      value instanceof Float64Array ? { numbers: Array.from(value) } : value,
    );
    await page.evaluate((json) => {
      const data: unknown = JSON.parse(json, (_, value: { numbers?: number[] } | null) =>
        Array.isArray(value?.numbers) ? Float64Array.from(value.numbers) : value,
      );
      (globalThis as unknown as EventTarget).dispatchEvent(new MessageEvent('message', { data }));
    }, text);
  }

  const posted = (type: string) =>
    page.evaluate(
      (wanted) => (globalThis as unknown as { posted: Posted[] }).posted.filter((message) => message.type === wanted),
      type,
    );

  const badges = () => page.locator('.metric .badges').innerText();

  /** Zooms in until the points of a part are asked for, and that part stays. A press while a chart is being made is lost. */
  async function zoomUntilAsked(): Promise<Posted | undefined> {
    for (let press = 0, before = 0; press < 20; press++) {
      if (before === 0) await page.locator('.metric .plot').press('+');
      await page.waitForTimeout(1000);
      const all = await posted('points');
      if (all.length > 0 && all.length === before) return all.at(-1);
      before = all.length;
    }
    return undefined;
  }

  it('draws from the index, and every point of a part that somebody zooms into', async () => {
    await send(new RunFeed(state, () => undefined).snapshot({ console: '', trusted: true }));
    await page.locator('.metric .badges', { hasText: 'Drawn' }).waitFor();
    assert.match(await badges(), /from 1,400,000 points/);
    assert.match(await badges(), /zoom in, and every point is/);
    assert.deepEqual(await posted('points'), []);

    const asked = await zoomUntilAsked();
    assert.equal(asked!.metric, 'loss');
    assert.ok(asked!.low! > 0 && asked!.high! < pointsOfSeed);
    const series = await readPoints(join(folder, 'run'), state.series, asked!.low!, asked!.high!);
    await send({ type: 'points', metric: 'loss', series });
    const steps = Math.floor(asked!.high!) - Math.ceil(asked!.low!) + 1;
    // Drawn with the next frame; until then the badge counts the blocks.
    let inView = 0;
    for (let look = 0; look < 100 && Math.abs(inView - steps) > 2; look++) {
      await page.waitForTimeout(100);
      inView = Number(/of ([\d,]+) medians/.exec(await badges())![1]!.replaceAll(',', ''));
    }
    assert.ok(Math.abs(inView - steps) <= 2, `${inView} medians are in view, of ${steps} steps`);
    assert.doesNotMatch(await badges(), /zoom in/);
    assert.deepEqual(await posted('error'), []);
  });
});

/** Looks into the extension's own views, each a frame of the window. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';

const patience = 60_000;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The frame whose page holds an element of this kind and shows it. */
export async function frameWith(page: Page, selector: string): Promise<Frame> {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    for (const frame of page.frames()) {
      // A frame that is being replaced cannot be asked.
      const found = await frame
        .locator(selector)
        .first()
        .isVisible()
        .catch(() => false);
      if (found) return frame;
    }
    await wait(100);
  }
  throw new Error(`No view shows ${selector}.`);
}

export const dashboard = (page: Page): Promise<Frame> => frameWith(page, '.run-header');
export const paperPage = (page: Page): Promise<Frame> => frameWith(page, '.paper-header');

/** What the dashboard says of the run: `Running`, `Completed`, … */
export async function runStatus(frame: Frame): Promise<string> {
  return (await frame.locator('.run-header .status').textContent()) ?? '';
}

/** Waits until the dashboard says this of the run. */
export async function untilStatus(frame: Frame, status: RegExp, milliseconds: number): Promise<void> {
  await frame.locator('.run-header .status', { hasText: status }).waitFor({ timeout: milliseconds });
}

/** How many points the charts in view say that they are drawn from. */
export async function pointsShown(frame: Frame): Promise<number> {
  const badges = await frame.locator('.metric .badge').allTextContents();
  return badges
    .map((text) => /^from ([\d\s,.]+) points?$|^([\d\s,.]+) trials? drawn$/.exec(text))
    .map((found) => Number((found?.[1] ?? found?.[2] ?? '0').replace(/\D/g, '')))
    .reduce((sum, count) => sum + count, 0);
}

/** Waits until the charts are drawn from more points than so many, and answers from how many. */
export async function untilMorePointsThan(frame: Frame, count: number, milliseconds: number): Promise<number> {
  const until = Date.now() + milliseconds;
  while (Date.now() < until) {
    const shown = await pointsShown(frame);
    if (shown > count) return shown;
    await wait(100);
  }
  throw new Error(`The charts are drawn from ${await pointsShown(frame)} points, and no more came.`);
}

/** Fails with what axe-core finds wrong in the view for people who use it by keyboard, screen reader or high contrast. */
export async function assertAccessible(frame: Frame): Promise<void> {
  await frame.evaluate(axe);
  const violations = await frame.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const results = await axe.run(document, { resultTypes: ['violations'] });
    return results.violations.map(({ id, help, nodes }) => ({
      rule: id,
      help,
      where: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
    }));
  });
  assert.deepEqual(violations, []);
}

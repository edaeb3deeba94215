/** The webviews alone in a browser, with messages made for the test: what a whole editor would be slow to bring about. */
import assert from 'node:assert/strict';
import { paperOf, runOf, snapshotOf, verdict } from '../unit/webviews/messages.ts';
import { dark, light } from './support/themes.ts';
import { startViewHost, type View, type ViewHost } from './support/view-page.ts';

const running = { status: 'running' as const, share: 0.4, elapsedSeconds: 12, remainingSeconds: 20 };

describe('the webviews alone', function () {
  // A browser on a busy machine: generous, so that only a view that never answers fails.
  this.timeout(120_000);
  let host: ViewHost;
  let view: View;
  before(async () => {
    host = await startViewHost();
  });
  after(() => host.close());
  afterEach(async () => {
    const faults = await view.faults();
    await view.close();
    assert.deepEqual(faults, []);
  });

  async function openDashboard(
    snapshot: object = snapshotOf(),
    options: { readonly width?: number; readonly restored?: unknown } = {},
    theme = dark,
  ): Promise<View> {
    view = await host.open('dashboard', theme, options);
    await view.send(snapshot);
    await view.page.locator('.metric').first().scrollIntoViewIfNeeded();
    await view.page.locator('.metric .badge').first().waitFor();
    return view;
  }

  const lossCard = () => view.page.locator('.metric', { has: view.page.getByRole('heading', { name: 'loss' }) });

  describe('dashboard', () => {
    it("is free of axe's complaints in every tab", async () => {
      await openDashboard(snapshotOf({ run: runOf({ verdict, warnings: ['A warning.'] }) }));
      for (const tab of ['Results', 'Trials', 'Console', 'Parameters', 'Environment']) {
        await view.page.getByRole('tab', { name: tab }).click();
        assert.deepEqual(await view.violations(), [], tab);
      }
    });

    it('asks for a snapshot, and says so while it waits', async () => {
      view = await host.open('dashboard', light);
      assert.deepEqual(await view.page.evaluate('window.posted'), [{ type: 'ready' }]);
      await view.page.getByText('Reading the run').first().waitFor();
      assert.deepEqual(await view.violations(), []);
    });

    it('says why a run cannot be shown, and asks again when told to', async () => {
      view = await host.open('dashboard', light);
      await view.send({ type: 'failure', message: 'Its folder is gone.' });
      await view.page.getByRole('alert').getByText('Its folder is gone.').waitFor();
      assert.deepEqual(await view.violations(), []);
      await view.page.getByText('Try again').click();
      assert.deepEqual(await view.posted(), [{ type: 'ready' }]);
    });

    it('fits a window of 320 pixels', async () => {
      await openDashboard(snapshotOf({ run: runOf({ verdict }) }), { width: 320 });
      const beyond = await view.page.evaluate<string[]>(`
        document.documentElement.scrollWidth <= 320 ? [] : [...document.querySelectorAll('.page *')]
          .filter((element) => element.getBoundingClientRect().right > 320)
          .map((element) => element.tagName + '.' + element.getAttribute('class'))
      `);
      assert.deepEqual(beyond, []);
      assert.deepEqual(await view.violations(), []);
    });

    it('shows the verdict with value, interval and bound of each condition', async () => {
      await openDashboard(snapshotOf({ run: runOf({ verdict }) }));
      const row = view.page.getByRole('row', { name: /loss, rex over linear/ });
      assert.match(await row.innerText(), /0\.86[\s\S]*0\.83 to 0\.9[\s\S]*≤ 1\.02[\s\S]*holds/);
      await view.page.getByRole('heading', { name: 'The claim holds' }).waitFor();
    });

    it('stops in two steps', async () => {
      await openDashboard(snapshotOf({ run: runOf(running) }));
      await view.page.getByRole('button', { name: 'Stop', exact: true }).click();
      await view.page.getByRole('button', { name: 'Stop now' }).click();
      assert.deepEqual(await view.posted(), [{ type: 'stop' }, { type: 'stop' }]);
      await view.send({ type: 'update', run: runOf({ status: 'stopped' }), series: [], figures: [], console: '' });
      await view.page.getByRole('button', { name: 'Run again' }).waitFor();
      assert.equal(await view.page.getByRole('button', { name: 'Stop now' }).count(), 0);
    });

    it('runs and stops nothing from a workspace that is not trusted, and says why', async () => {
      await openDashboard({ ...snapshotOf({ run: runOf(running) }), trusted: false });
      const stop = view.page.locator('vscode-button', { hasText: 'Stop' });
      assert.match((await stop.getAttribute('title')) ?? '', /not trusted/);
      await stop.click({ force: true });
      assert.deepEqual(await view.posted(), []);
    });

    it('leads from a failed trial to its line in the source', async () => {
      const run = runOf();
      const [first, ...others] = run.trials;
      const failed = {
        ...first!,
        status: 'failed' as const,
        error: { kind: 'exception' as const, message: 'It broke.', line: 31 },
      };
      await openDashboard(snapshotOf({ run: { ...run, trials: [failed, ...others] } }));
      await view.page.getByRole('tab', { name: 'Trials (1 failed)' }).click();
      await view.page.getByRole('button', { name: 'source:31' }).click();
      assert.deepEqual(await view.posted(), [{ type: 'open-source', line: 31 }]);
    });

    it('says how many of how many points it draws, and counts those that no line can show', async () => {
      await openDashboard(snapshotOf({ points: 5000 }));
      await view.page.getByRole('combobox', { name: 'Seeds' }).click();
      await view.page.getByRole('option', { name: 'Every seed' }).click();
      const badges = lossCard().locator('.badges');
      await badges.getByText(/Drawn [\d,]+ of 45,000 points/).waitFor();
      const drawn = Number(/Drawn ([\d,]+)/.exec(await badges.innerText())![1]!.replaceAll(',', ''));
      assert.ok(drawn > 1000 && drawn < 45_000);
      await lossCard().getByRole('checkbox', { name: 'Log values' }).click();
      await badges.getByText(/at zero or below/).waitFor();
      assert.match(await badges.innerText(), /1 NaN[\s\S]*1 infinite[\s\S]*1 at zero or below/);
    });

    it('saves every point, not those it draws', async () => {
      await openDashboard(snapshotOf({ points: 5000 }));
      await lossCard().getByRole('button', { name: 'Save all points as CSV' }).click();
      const [saved] = await view.posted();
      assert.equal(saved?.name, 'rex-loss.csv');
      assert.equal((saved.text as string).trim().split('\n').length, 1 + 9 * 5000);
    });

    it('is read and zoomed with the keyboard alone', async () => {
      await openDashboard();
      const plot = lossCard().getByRole('application');
      await plot.focus();
      await view.page.keyboard.press('ArrowRight');
      await view.page.keyboard.press('ArrowRight');
      await lossCard().getByText('update 10', { exact: true }).waitFor();
      assert.match(await view.page.getByRole('status').first().innerText(), /^update 10: rex [\d.]+; linear/);
      await view.page.keyboard.press('+');
      await lossCard()
        .getByText(/in view/)
        .waitFor();
      await view.page.keyboard.press('0');
      await lossCard()
        .getByText(/in view/)
        .waitFor({ state: 'detached' });
    });

    it('zooms into a box that is drawn with the pointer', async () => {
      await openDashboard();
      const plot = lossCard().locator('.plot-canvas');
      await plot.scrollIntoViewIfNeeded();
      const box = (await plot.boundingBox())!;
      await view.page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5);
      await view.page.mouse.down();
      await view.page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.5, { steps: 3 });
      await view.page.mouse.up();
      await lossCard()
        .getByText(/in view/)
        .waitFor();
      await view.page.mouse.dblclick(box.x + box.width * 0.5, box.y + box.height * 0.5);
      await lossCard()
        .getByText(/in view/)
        .waitFor({ state: 'detached' });
    });

    it('has a table twin of each chart with the same numbers', async () => {
      await openDashboard();
      await lossCard().getByRole('button', { name: 'Show as table' }).click();
      const table = lossCard().getByRole('table');
      await table.waitFor();
      assert.deepEqual(await table.getByRole('columnheader').allInnerTexts(), [
        'update',
        ...['rex', 'linear', 'oracle'].flatMap((arm) => [`${arm} median`, `${arm} low`, `${arm} high`, `${arm} seeds`]),
      ]);
      assert.equal(await table.getByRole('row').count(), 51);
      assert.deepEqual(await view.violations(), []);
    });

    it('switches an arm off and on from the legend', async () => {
      await openDashboard();
      const chip = view.page.getByRole('button', { name: /linear/ });
      assert.equal(await chip.getAttribute('aria-pressed'), 'true');
      await chip.press('Enter');
      await lossCard().getByText('Drawn 100 of 100 medians').waitFor();
      assert.equal(await chip.getAttribute('aria-pressed'), 'false');
    });

    it('adds what updates bring', async () => {
      await openDashboard(snapshotOf({ run: runOf(running) }));
      await lossCard().getByText('Drawn 150 of 150 medians').waitFor();
      const steps = Float64Array.of(10_000, 10_010);
      await view.send({
        type: 'update',
        run: runOf(running),
        series: [{ trial: 'rex#0', metric: 'loss', steps, values: Float64Array.of(0.2, 0.1) }],
        figures: [],
        console: 'one more line\n',
      });
      await lossCard().getByText('Drawn 152 of 152 medians').waitFor();
      await view.page.getByRole('tab', { name: 'Console' }).click();
      await view.page.getByText('one more line').waitFor();
    });

    it('comes back as it was left for the same run, and fresh for another', async () => {
      await openDashboard();
      await view.page.getByRole('button', { name: /linear/ }).click();
      await view.page.getByRole('tab', { name: 'Console' }).click();
      let restored = await view.persisted();
      // What is left is written down a little after the last change; Playwright's own waiting the policy forbids.
      for (let tries = 0; !JSON.stringify(restored).includes('"console"') && tries < 100; tries += 1) {
        await view.page.waitForTimeout(50);
        restored = await view.persisted();
      }
      assert.equal((restored as { runId: string }).runId, 'run-one');
      assert.ok(JSON.stringify(restored).length < 2000, 'no data is persisted');
      await view.close();

      await openDashboardHidden(restored);
      assert.equal(await view.page.getByRole('tab', { selected: true }).innerText(), 'Console');
      const run = runOf();
      await view.send(snapshotOf({ run: { ...run, record: { ...run.record, id: 'run-two' } } }));
      await view.page.getByRole('tab', { name: 'Results', selected: true }).waitFor();
    });

    async function openDashboardHidden(restored: unknown): Promise<void> {
      view = await host.open('dashboard', dark, { restored });
      await view.send(snapshotOf());
      await view.page.getByRole('tab', { selected: true }).waitFor();
    }

    it('finds text in the console', async () => {
      await openDashboard();
      await view.page.getByRole('tab', { name: 'Console' }).click();
      await view.page.getByRole('searchbox').fill('CHECKPOINT');
      await view.page.getByText('3 matches').waitFor();
      await view.page.keyboard.press('Enter');
      await view.page.getByText('1 of 3').waitFor();
    });

    it('draws anew in the colours of another theme', async () => {
      await openDashboard();
      const sample = view.page.locator('.chip .swatch line').first();
      const before = await sample.getAttribute('stroke');
      await view.page.evaluate(`
        document.documentElement.style.setProperty('--vscode-editor-background', '#ffffff');
        document.body.className = 'vscode-light';
        document.body.dataset.vscodeThemeKind = 'vscode-light';
      `);
      await view.page.waitForTimeout(500);
      assert.notEqual(await sample.getAttribute('stroke'), before);
    });
  });

  describe('paper page', () => {
    async function openPaper(change: Parameters<typeof paperOf>[0] = {}): Promise<void> {
      view = await host.open('paper-page', light);
      await view.send(paperOf(change));
      await view.page.getByRole('heading', { level: 1 }).waitFor();
    }

    it('lets only the drawing of an equation through', async () => {
      await openPaper();
      const formula = view.page.locator('.formula svg');
      assert.equal(await formula.count(), 1);
      assert.equal(await formula.locator('path').count(), 1);
      for (const forbidden of ['script', 'a', 'image']) assert.equal(await formula.locator(forbidden).count(), 0);
      assert.equal(await view.page.evaluate('window.stolen'), undefined);
    });

    it('shows an equation that could not be typeset as its source', async () => {
      await openPaper();
      await view.page.getByText('\\sum_i x_i').waitFor();
    });

    it('tells what verifying the method found, and what becomes of the claim without the idea', async () => {
      await openPaper();
      const verified = await view.page.locator('.verified').innerText();
      assert.match(verified, /Verified: claim holds\. linear over rex 1\.23 \[1\.1, 1\.4\], at least 1\./);
      assert.match(verified, /2 conditions, 8 seeds, .* with wasm 4\.22\.0/);
      assert.match(verified, /linear fails, no_reflection inconclusive\./);
    });

    it('asks for what its controls promise', async () => {
      await openPaper();
      for (const name of ['Scaffold experiment', 'Insert snippet', 'Open paper', 'Copy BibTeX']) {
        await view.page.getByRole('button', { name }).click();
      }
      await view.page.getByRole('button', { name: 'rex', exact: true }).click();
      await view.page.getByRole('button', { name: 'Warm restarts' }).click();
      await view.page.getByRole('button', { name: 'other.bib, line 12' }).click();
      assert.deepEqual(await view.posted(), [
        { type: 'scaffold' },
        { type: 'insert-snippet' },
        { type: 'open-link' },
        { type: 'cite' },
        { type: 'open-run', id: 'run-one' },
        { type: 'open-paper', key: 'cosine' },
        { type: 'open-location', index: 1 },
      ]);
      assert.deepEqual(await view.persisted(), { key: 'rex' });
    });

    it('says what can be done with a paper that has no method', async () => {
      const paper = { ...paperOf({ equations: [], runs: [] }), method: undefined };
      view = await host.open('paper-page', light);
      await view.send(paper);
      await view.page.getByText('nothing to scaffold').waitFor();
      assert.equal(await view.page.getByRole('button', { name: 'Scaffold experiment' }).count(), 0);
      assert.deepEqual(await view.violations(), []);
    });
  });
});

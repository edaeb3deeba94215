import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportRun } from '../../src/runtime/exports/export-run.ts';
import { stopRun } from '../../src/runtime/runs/control.ts';
import { followRun } from '../../src/runtime/runs/follow.ts';
import { changeLabels, readLabels } from '../../src/runtime/runs/label-file.ts';
import { processExists } from '../../src/runtime/runs/processes.ts';
import { continueRun } from '../../src/runtime/runs/start.ts';
import { isOver, type RunState } from '../../src/runtime/runs/state.ts';
import {
  createWorkplace,
  distribution,
  experimentSource,
  lossOf,
  waitFor,
  waitForState,
  type Workplace,
} from '../unit/runtime/built.ts';
import { rounds } from './times.ts';

describe('two windows on one run', function () {
  this.timeout(120_000);
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  for (const round of rounds) {
    it(`and two programs beside them read the same while it goes on (${round + 1})`, async () => {
      const trial = `for (let step = 0; step < 300; step++) { log(step, { loss: step }); await new Promise((go) => setTimeout(go, 5)); }`;
      const run = await place.start(await place.write('experiment.ts', experimentSource({ trial })), { seeds: 1 });
      await waitForState(run.folder, 'it logs', (state) => lossOf(state, 'fast#0').length > 5);
      const program = join(distribution(), 'cli.js');
      const exported = await Promise.all(
        [0, 1].map(async (reader) => {
          const target = join(place.folder, `${reader}.csv`);
          await promisify(execFile)(process.execPath, [program, 'export', run.folder, '-f', 'csv', '-o', target]);
          return (await readFile(target, 'utf8')).trim().split(/\r?\n/);
        }),
      );
      assert.equal(await run.ended, 'completed');
      const target = join(place.folder, 'whole.csv');
      await exportRun(run.folder, 'csv', target);
      const whole = new Set((await readFile(target, 'utf8')).trim().split(/\r?\n/));
      for (const lines of exported) {
        assert.ok(lines.length > 1);
        for (const line of lines) assert.ok(whole.has(line), line);
      }
      assert.equal(whole.size, 601);
    });

    it(`see the same, stop it and take it up together, and one of them does it (${round + 1})`, async () => {
      const trial = `for (let step = 0; step < 200; step++) { log(step, { loss: step }); await new Promise((go) => setTimeout(go, 5)); }`;
      const run = await place.start(await place.write('experiment.ts', experimentSource({ trial })), { seeds: 1 });
      const seen: (RunState | undefined)[] = [undefined, undefined];
      const windows = seen.map((_, window) =>
        followRun(run.folder, { onEvents: (_events, state) => (seen[window] = state) }, { points: 'drawn' }),
      );
      await waitForState(run.folder, 'it logs', (state) => lossOf(state, 'fast#0').length > 5);
      await Promise.all([stopRun(run.folder).done, stopRun(run.folder).done, run.ended]);
      assert.equal(processExists(run.pid), false);
      await waitFor('both have seen it', () =>
        seen.every((state) => state !== undefined && isOver(state.status)) ? true : undefined,
      );
      assert.deepEqual(
        seen.map((state) => state!.status),
        ['stopped', 'stopped'],
      );
      const goOn = () => continueRun({ distribution: distribution(), folder: run.folder }).then(({ ended }) => ended);
      const outcomes = await Promise.allSettled([goOn(), goOn()]);
      assert.ok(outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value === 'completed'));
      await waitFor('both have seen how it came out', () =>
        seen.every((state) => state!.status === 'completed') ? true : undefined,
      );
      for (const state of seen) {
        for (const name of ['fast#0', 'slow#0']) {
          assert.deepEqual(
            lossOf(state!, name),
            Array.from({ length: 200 }, (_, step) => step),
          );
        }
      }
      for (const window of windows) window.dispose();
      await Promise.all([changeLabels(run.folder, { name: 'one' }), changeLabels(run.folder, { name: 'other' })]);
      assert.match((await readLabels(run.folder)).labels.name!, /^(one|other)$/);
    });
  }
});

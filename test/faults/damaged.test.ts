import fc from 'fast-check';
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { exportRun } from '../../src/runtime/exports/export-run.ts';
import { createIndexBuilder } from '../../src/runtime/runs/event-index/index-builder.ts';
import { writeIndex } from '../../src/runtime/runs/event-index/index-file.ts';
import { createEventReader } from '../../src/runtime/runs/event-reader.ts';
import { requestRun } from '../../src/runtime/runs/control.ts';
import { listRuns, readRun } from '../../src/runtime/runs/folder.ts';
import { followRun } from '../../src/runtime/runs/follow.ts';
import { processSpace, writeHeartbeat } from '../../src/runtime/runs/heartbeat.ts';
import { changeLabels } from '../../src/runtime/runs/label-file.ts';
import { runFiles } from '../../src/runtime/runs/run-files.ts';
import { createRunWriter } from '../../src/runtime/runs/run-writer.ts';
import {
  applyEventsWithoutData,
  createRunState,
  isOver,
  loggedPoints,
  type RunState,
} from '../../src/runtime/runs/state.ts';
import { sampleRecord } from '../unit/runtime/sample-events.ts';
import { times } from './times.ts';

const damaged = ['record', 'events', 'heartbeat', 'control', 'summary', 'index', 'labels', 'console'] as const;
/** Points of a line; 60 lines of points a run. */
const batch = 5;
const lines = 60;

describe('a damaged run folder', function () {
  this.timeout(120_000 * times + 60_000);
  let home: string;
  let sound: string;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'marginalia-'));
    sound = join(home, 'sound', sampleRecord.id);
    const machine = { ...sampleRecord.machine, host: hostname() };
    const writer = createRunWriter(sound, { ...sampleRecord, machine, pid: 2 ** 22 + 7 });
    writer.event({ type: 'started', pid: 1, record: { ...sampleRecord, machine, pid: 2 ** 22 + 7 } });
    for (const arm of ['fast', 'slow']) {
      const trial = `${arm}#0`;
      writer.event({ type: 'trial-started', trial, arm, seed: 0, pid: 1 });
      for (let line = 0; line < lines / 2; line++) {
        const steps = Array.from({ length: batch }, (_, index) => line * batch + index);
        writer.event({ type: 'points', trial, metric: 'loss', steps, values: steps.map(Math.sin) });
      }
      writer.event({ type: 'trial-ended', trial, outcome: 'completed', seconds: 1 });
    }
    writer.console('[fast#0] a line\n[slow#0] another\n');
    writer.end('completed');
    const common = { pid: 1, trialProcesses: [], processSpace: processSpace() };
    writeHeartbeat(sound, { ...common, status: 'running', share: 1 });
    await changeLabels(sound, { name: 'named', tags: ['keep'], note: 'a note' });
    await requestRun(sound, 'pause');
    const [index, state] = [createIndexBuilder(), createRunState({ ...sampleRecord, machine })];
    const reader = createEventReader(runFiles(sound).events);
    await reader.read(({ events, places }) => {
      events.forEach((event, position) => index.take(event, places[position]!));
      applyEventsWithoutData(state, events);
      return true;
    });
    await reader.close();
    writeIndex(sound, index.build(state));
  });
  after(() => rm(home, { recursive: true, force: true }));

  /** What a viewer that follows the run comes to say. */
  function followed(folder: string): Promise<RunState | string> {
    return new Promise((resolve) => {
      const follower = followRun(
        folder,
        {
          onEvents(_, state) {
            if (!isOver(state.status)) return;
            follower.dispose();
            resolve(state);
          },
          onGone: resolve,
        },
        { points: 'drawn' },
      );
    });
  }

  const count = (state: RunState) => state.series.reduce((sum, series) => sum + loggedPoints(series), 0);

  for (const what of damaged) {
    it(`in its ${what} is shown as far as it is whole, and what is wrong is said`, async () => {
      const good = await readFile(runFiles(sound)[what]);
      const anyDamage = fc.record({
        at: fc.nat(good.length - 1),
        damage: fc.oneof(
          fc.record({ cut: fc.constant(true) }),
          fc.record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
        ),
      });
      await fc.assert(
        fc.asyncProperty(anyDamage, async ({ at, damage }) => {
          const runsFolder = await mkdtemp(join(home, 'damaged-'));
          const folder = join(runsFolder, basename(sound));
          await cp(sound, folder, { recursive: true });
          const bad = 'cut' in damage ? good.subarray(0, at) : Buffer.from(good);
          if ('bytes' in damage) Buffer.from(damage.bytes).copy(bad, at);
          await writeFile(runFiles(folder)[what], bad);

          const [listed] = await listRuns(runsFolder);
          const [read, seen] = await Promise.all([
            readRun(folder).catch((error: unknown) => (error as Error).message),
            followed(folder),
          ]);
          if (typeof read === 'string') {
            // Only a record of a version to come keeps a run from being shown: one damaged is in the events as well.
            assert.equal(what, 'record');
            assert.ok(listed!.status === 'unreadable' && listed!.problem !== undefined);
            assert.match(read, /newer Marginalia/);
            assert.equal(seen, read);
          } else {
            assert.ok(typeof seen !== 'string', 'a viewer gives it up');
            const [all, drawn] = [count(read), count(seen)];
            if (what === 'record') {
              for (const state of [read, seen]) {
                // A record that still is one is believed: where the name of an arm, a seed or a metric is damaged in it,
                // the points are of none that the run has.
                const foreign = state.problems.filter((problem) =>
                  / which this (run|experiment) does not /.test(problem),
                );
                assert.ok(count(state) === lines * batch || foreign.length > 0, 'it is said what is left out');
                assert.deepEqual(state.warnings, state.problems);
                for (const problem of state.problems) {
                  if (foreign.includes(problem)) continue;
                  assert.match(problem, /run\.json .*was read from events\.jsonl instead/);
                }
              }
            } else if (what !== 'events') {
              assert.deepEqual([all, drawn, read.warnings], [lines * batch, lines * batch, []]);
            } else if (!('cut' in damage)) {
              // Bytes that were overwritten reach over two lines at most.
              assert.ok(all >= (lines - 2) * batch, `${all} points are left`);
              if (all < lines * batch) assert.ok(read.warnings.length > 0, 'it is said that lines are missing');
            } else {
              const whole = bad.toString('latin1').split('\n').slice(0, -1);
              assert.equal(all, whole.filter((line) => line.includes('"points"')).length * batch);
              assert.equal(drawn, all);
            }
            await exportRun(folder, 'csv', join(runsFolder, 'out.csv'));
          }
          await rm(runsFolder, { recursive: true, force: true });
        }),
        { numRuns: 12 * times },
      );
    });
  }
});

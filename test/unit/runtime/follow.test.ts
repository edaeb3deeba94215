import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { followRun, type RunListener } from '../../../src/runtime/runs/follow.ts';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import { runProcessCommand } from '../../../src/runtime/runs/start.ts';
import { isOver, type RunState } from '../../../src/runtime/runs/state.ts';
import { createWorkplace, distribution, experimentSource, lossOf, waitFor, type Workplace } from './built.ts';

/** What a viewer heard. */
interface Heard {
  readonly events: RunEvent[];
  readonly statuses: string[];
  console: string;
  gone: string | undefined;
  over: RunState | undefined;
}

function listen(): RunListener & { readonly heard: Heard } {
  const heard: Heard = { events: [], statuses: [], console: '', gone: undefined, over: undefined };
  return {
    heard,
    onEvents(events, state) {
      heard.events.push(...events);
      if (heard.statuses.at(-1) !== state.status) heard.statuses.push(state.status);
      if (isOver(state.status)) heard.over = state;
    },
    onConsole: (text) => (heard.console += text),
    onGone: (reason) => (heard.gone = reason),
  };
}

describe('following a run', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  it('shows everything, to one who was there from the start and to one who came late', async () => {
    const trial =
      "console.log('hello'); for (let step = 0; step < 100; step++) { log(step, { loss: step }); await new Promise((go) => setTimeout(go, 5)); }";
    const run = await place.start(await place.write('experiment.ts', experimentSource({ trial })));
    const early = listen();
    followRun(run.folder, early);
    await waitFor('the first points are there', () => early.heard.events.find(({ type }) => type === 'points'));
    const middle = listen();
    followRun(run.folder, middle);
    await run.ended;
    const late = listen();
    followRun(run.folder, late);
    const all = [early, middle, late];
    await waitFor('all have seen the end', () =>
      all.every(({ heard }) => heard.over !== undefined) ? true : undefined,
    );
    await waitFor('all have the console', () =>
      all.every(({ heard }) => heard.console.split('hello').length === 5) ? true : undefined,
    );
    for (const { heard } of all) {
      assert.equal(heard.over!.status, 'completed');
      assert.equal(lossOf(heard.over!, 'slow#1').length, 100);
      assert.equal(heard.over!.record.experiment.description.paper, 'test');
      assert.equal(heard.events[0]?.type, 'started');
      assert.deepEqual(heard.events, early.heard.events);
    }
    assert.ok(early.heard.statuses.includes('running'));
  });

  /** Starts a run that never ends by itself, and follows it until points are there. */
  async function followEndlessRun() {
    const trial =
      'for (let step = 0; ; step++) { log(step, { loss: step }); await new Promise((go) => setTimeout(go, 5)); }';
    const run = await place.start(await place.write('experiment.ts', experimentSource({ trial })));
    const { heard, ...listener } = listen();
    followRun(run.folder, listener);
    await waitFor('points are there', () => heard.events.find(({ type }) => type === 'points'));
    return { run, heard };
  }

  it('tells that the process of a run has died', async () => {
    const { run, heard } = await followEndlessRun();
    process.kill(run.pid, 'SIGKILL');
    const state = await waitFor('the death is told', () => heard.over);
    assert.equal(state.status, 'interrupted');
    assert.ok(lossOf(state, 'fast#0').length > 0);
  });

  it('tells that the folder has been deleted', async () => {
    if (process.platform === 'win32') {
      console.log(
        '      Not run, because on Windows a process cannot be held, and the files of one that runs not deleted.',
      );
      return;
    }
    const { run, heard } = await followEndlessRun();
    // Held, it neither dies nor writes, so that nothing but the folder's end can be told.
    process.kill(run.pid, 'SIGSTOP');
    try {
      await rm(run.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      assert.match(await waitFor('it is told', () => heard.gone), /deleted/);
      assert.equal(heard.over, undefined);
    } finally {
      process.kill(run.pid, 'SIGKILL');
    }
    await run.ended;
  });

  it('says nothing any more once it is disposed', async () => {
    const trial =
      'for (let step = 0; step < 200; step++) { log(step, { loss: step }); await new Promise((go) => setTimeout(go, 5)); }';
    const run = await place.start(await place.write('experiment.ts', experimentSource({ trial })), { seeds: 1 });
    const viewer = listen();
    const follower = followRun(run.folder, viewer);
    await waitFor('points are there', () => viewer.heard.events.find(({ type }) => type === 'points'));
    follower.dispose();
    const count = viewer.heard.events.length;
    await run.ended;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(viewer.heard.events.length, count);
  });

  it('waits for a run that a debugger has yet to start', async () => {
    const file = await place.write('experiment.ts', experimentSource({ trial: 'log(0, { loss: 1 });' }));
    const { folder } = runProcessCommand({ distribution: distribution(), file, runsFolder: place.runsFolder });
    const viewer = listen();
    const follower = followRun(folder, viewer);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(
      [follower.state.status, follower.state.record.name, viewer.heard.gone],
      ['starting', 'experiment', undefined],
    );
    follower.dispose();
  });
});

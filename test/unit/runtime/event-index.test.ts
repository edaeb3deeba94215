import fc from 'fast-check';
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addPoint, createBlocks, joinBlocks, pointsOfBlock } from '../../../src/runtime/runs/event-index/blocks.ts';
import { createIndexBuilder, indexedFrom } from '../../../src/runtime/runs/event-index/index-builder.ts';
import { readIndex, writeIndex } from '../../../src/runtime/runs/event-index/index-file.ts';
import { readPoints } from '../../../src/runtime/runs/event-index/read-points.ts';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import { readRun } from '../../../src/runtime/runs/folder.ts';
import { followRun } from '../../../src/runtime/runs/follow.ts';
import { encodeJson } from '../../../src/runtime/runs/json.ts';
import { runFiles } from '../../../src/runtime/runs/run-files.ts';
import { createRunWriter } from '../../../src/runtime/runs/run-writer.ts';
import {
  applyEventsWithoutData,
  createRunState,
  loggedPoints,
  type RunState,
} from '../../../src/runtime/runs/state.ts';
import { sampleRecord } from './sample-events.ts';

const anyValue = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0, -1, 1));

/** What happens in a trial: points, a checkpoint, a new beginning, a figure, a warning. */
const anyHappening = fc.record({
  trial: fc.constantFrom('fast#0', 'slow#0'),
  what: fc.oneof(
    fc.record({ points: fc.array(anyValue, { maxLength: 90 }), metric: fc.constantFrom('loss', 'error') }),
    fc.constantFrom('checkpoint' as const, 'afresh' as const, 'from checkpoint' as const, 'figure' as const),
    fc.constant('warning' as const),
  ),
});

/** Events as a run writes them of such happenings: steps ascend, checkpoints are numbered, a trial goes on from its last. */
function eventsOf(happenings: readonly (typeof anyHappening extends fc.Arbitrary<infer T> ? T : never)[]): RunEvent[] {
  const steps = new Map<string, number>();
  const checkpoints = new Map<string, number>();
  let at = 1;
  const start = (trial: string, checkpoint?: number): RunEvent => ({
    ...{ at: at++, type: 'trial-started', trial, arm: trial.slice(0, 4), seed: 0, pid: 1 },
    ...(checkpoint !== undefined && { checkpoint }),
  });
  const events: RunEvent[] = [{ at: at++, type: 'started', pid: 1 }, start('fast#0'), start('slow#0')];
  for (const { trial, what } of happenings) {
    const last = checkpoints.get(trial);
    if (typeof what === 'object') {
      const key = `${trial} ${what.metric}`;
      const first = steps.get(key) ?? 0;
      steps.set(key, first + what.points.length);
      const own = what.points.map((_, index) => first + index);
      events.push({ at: at++, type: 'points', trial, metric: what.metric, steps: own, values: what.points });
    } else if (what === 'checkpoint') {
      checkpoints.set(trial, (last ?? 0) + 1);
      events.push({ at: at++, type: 'checkpoint', trial, number: (last ?? 0) + 1 });
    } else if (what === 'afresh') {
      checkpoints.delete(trial);
      events.push(start(trial));
    } else if (what === 'from checkpoint') {
      events.push(start(trial, last));
    } else if (what === 'figure') {
      const figure = { title: String(at), x: { label: 'x' }, y: { label: 'y' }, layers: [] };
      events.push({ at: at++, type: 'figure', trial, name: 'policy', figure });
    } else {
      events.push({ at: at++, type: 'warning', trial, message: `it is ${at}` });
    }
  }
  return events;
}

/** What a state tells but for its points. */
function told({ trials, status, figures, warnings, startedAt, lastEventAt, verdict }: RunState): unknown {
  return { trials, status, figures, warnings, startedAt, lastEventAt, verdict };
}

/** The points of each series, in written order. */
function pointsOf({ series }: RunState): unknown {
  return series.map(({ trial, metric, length, steps, values }) => ({
    ...{ trial, metric },
    steps: [...steps.subarray(0, length)],
    values: [...values.subarray(0, length)],
  }));
}

describe('the index of a run’s events', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'marginalia-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Writes events, and the index of the first `indexed` of them. */
  async function write(events: readonly RunEvent[], indexed: number): Promise<void> {
    const builder = createIndexBuilder();
    const state = createRunState(sampleRecord);
    let text = '';
    await writeFile(runFiles(folder).record, encodeJson(sampleRecord));
    for (const [index, event] of events.entries()) {
      const start = Buffer.byteLength(text);
      text += `${encodeJson(event)}\n`;
      if (index >= indexed) continue;
      builder.take(event, { start, end: Buffer.byteLength(text) });
      applyEventsWithoutData(state, [event]);
    }
    await writeFile(runFiles(folder).events, text);
    writeIndex(folder, builder.build(state));
  }

  it('tells the same as the events, wherever it ends and whatever comes after it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyHappening, { maxLength: 30 }), fc.nat(33), async (happenings, part) => {
        const events = eventsOf(happenings);
        await write(events, Math.min(part, events.length));
        const [whole, opened] = [await readRun(folder), await readRun(folder, 'drawn')];
        assert.deepEqual(told(opened), told(whole));
        assert.deepEqual(
          opened.series.map(loggedPoints),
          whole.series.map(({ length }) => length),
        );
        for (const [position, { length, values }] of opened.series.entries()) {
          const all = whole.series[position]!;
          const drawn = values.subarray(0, length);
          assert.ok(Object.is(drawn[length - 1], all.values[all.length - 1]) || all.length === 0, 'the last is there');
          const finite = (numbers: Float64Array) => [...numbers].filter(Number.isFinite);
          const every = finite(all.values.subarray(0, all.length));
          assert.equal(Math.max(...finite(drawn)), Math.max(...every));
          assert.equal(Math.min(...finite(drawn)), Math.min(...every));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('leads to every point that it leaves out, and to none that does not count', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyHappening, { maxLength: 30 }), async (happenings) => {
        const events = eventsOf(happenings);
        await write(events, events.length);
        const [whole, opened] = [await readRun(folder), await readRun(folder, 'drawn')];
        const read = await readPoints(folder, opened.series, -Infinity, Infinity);
        const joined = opened.series.map(({ trial, metric }) => {
          const own = read.filter((one) => one.trial === trial && one.metric === metric);
          return {
            ...{ trial, metric },
            steps: own.flatMap(({ steps }) => [...steps]),
            values: own.flatMap(({ values }) => [...values]),
          };
        });
        assert.deepEqual(joined, pointsOf(whole));
      }),
      { numRuns: 150 },
    );
  });

  it('leads to the blocks of a range of steps alone', async () => {
    const steps = Array.from({ length: 1000 }, (_, step) => step);
    const points = { at: 3, type: 'points', trial: 'fast#0', metric: 'loss', steps, values: steps } as const;
    await write([...eventsOf([]), points], 4);
    const opened = await readRun(folder, 'drawn');
    const [read] = await readPoints(folder, opened.series, 500, 510);
    assert.ok(read!.steps.length < 100 && read!.steps[0]! <= 500 && read!.steps.at(-1)! >= 510);
    assert.deepEqual(read!.steps, read!.values);
  });

  it('is left alone where it is torn, damaged, or of other events', async () => {
    const events = eventsOf([{ trial: 'fast#0', what: { metric: 'loss', points: [1, NaN, 3] } }]);
    await write(events, events.length);
    const good = await readFile(runFiles(folder).index);
    assert.ok(await readIndex(folder));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, bits, cut) => {
          const bad = cut ? good.subarray(0, at) : Buffer.from(good);
          if (!cut) bad[at]! ^= bits;
          await writeFile(runFiles(folder).index, bad);
          assert.equal(await readIndex(folder), undefined);
          assert.deepEqual(pointsOf(await readRun(folder, 'drawn')), pointsOf(await readRun(folder)));
        },
      ),
      { numRuns: 100 },
    );
    await writeFile(runFiles(folder).index, good);
    await truncate(runFiles(folder).events, 20);
    assert.equal(await readIndex(folder), undefined);
    await rm(runFiles(folder).events);
    assert.equal(await readIndex(folder), undefined);
  });

  it('is written for a large run only, while it goes on and at its end', async () => {
    const writer = createRunWriter(folder, sampleRecord);
    writer.event({ type: 'started', pid: 1 });
    writer.event({ type: 'trial-started', trial: 'fast#0', arm: 'fast', seed: 0, pid: 1 });
    const values = Array.from({ length: 1000 }, (_, index) => Math.sin(index));
    const log = (thousand: number) => {
      const steps = values.map((_, index) => thousand * 1000 + index);
      writer.event({ type: 'points', trial: 'fast#0', metric: 'loss', steps, values });
    };
    for (let thousand = 0; thousand < indexedFrom / 1000 - 1; thousand++) log(thousand);
    assert.equal(await readIndex(folder), undefined);
    for (let thousand = indexedFrom / 1000 - 1; thousand < 400; thousand++) log(thousand);
    const before = await readIndex(folder);
    assert.ok(before && before.bytes > 0);
    writer.end('completed');
    const after = await readIndex(folder);
    assert.equal(after?.bytes, (await readFile(runFiles(folder).events)).length);
    const opened = await readRun(folder, 'drawn');
    assert.equal(loggedPoints(opened.series[0]!), 400_000);
    assert.ok(opened.series[0]!.length < 140_000);
    assert.equal(opened.status, 'completed');
  });

  it('opens a run for a viewer that follows it, and what is written later comes after', async () => {
    const events = eventsOf([
      { trial: 'fast#0', what: { metric: 'loss', points: Array.from({ length: 500 }, Number) } },
    ]);
    await write(events, events.length);
    await writeFile(runFiles(folder).record, encodeJson({ ...sampleRecord, pid: 2 ** 22 + 7 }));
    const heard: RunEvent[] = [];
    const state = await new Promise<RunState>((resolve) => {
      const follower = followRun(
        folder,
        {
          onEvents(slice, now) {
            heard.push(...slice);
            if (now.status === 'completed') {
              follower.dispose();
              resolve(now);
            } else if (now.series.length > 0) {
              void appendFile(
                runFiles(folder).events,
                `${encodeJson({ at: 1e6, type: 'ended', outcome: 'completed', seconds: 1 })}\n`,
              );
            }
          },
        },
        { points: 'drawn' },
      );
    });
    assert.deepEqual(
      heard.map(({ type }) => type),
      ['ended'],
    );
    assert.equal(loggedPoints(state.series[0]!), 500);
  });
});

describe('blocks of points', () => {
  it('say the same of many points whether they grew or were joined', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { minLength: 1, maxLength: 300 }), (values) => {
        const small = createBlocks();
        const large = createBlocks();
        values.forEach((value, step) => {
          const place = { start: step * 10, end: step * 10 + 10 };
          addPoint(small, 8, step, value, place, 0);
          addPoint(large, 64, step, value, place, 0);
        });
        for (const size of [16, 32, 64]) joinBlocks(small, size);
        assert.equal(small.length, large.length);
        for (let block = 0; block < large.length; block++) {
          assert.deepEqual(pointsOfBlock(small.data, block), pointsOfBlock(large.data, block));
        }
      }),
    );
  });
});

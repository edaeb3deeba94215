import { fork } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunFeed } from '../../src/extension/dashboard/run-feed.ts';
import { createIndexBuilder } from '../../src/runtime/runs/event-index/index-builder.ts';
import { followRun } from '../../src/runtime/runs/follow.ts';
import { provisionalRecord } from '../../src/runtime/runs/provisional-record.ts';
import { runFiles } from '../../src/runtime/runs/run-files.ts';
import { createRunWriter } from '../../src/runtime/runs/run-writer.ts';
import { loggedPoints } from '../../src/runtime/runs/state.ts';
import type { BenchRow } from './bench-row.ts';

const seeds = [0, 1, 2, 3, 4];
const arms = ['method', 'baseline'];
const pointsOfTrial = 500_000;
const batch = 1000;
const points = seeds.length * arms.length * pointsOfTrial;

/** How long a viewer of a large run waits for its first picture, and what that takes of memory. */
export async function bench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'marginalia-bench-'));
  try {
    const writing = write(folder);
    const [whole, indexed] = [await open(folder, 'all'), await open(folder, 'drawn')];
    const size = async (file: string) => ((await stat(file)).size / 2 ** 20).toFixed(0);
    const note = `events of ${await size(runFiles(folder).events)} MB, index of ${await size(runFiles(folder).index)} MB; a process each`;
    return [
      {
        name: 'a run of 5 million points to the first snapshot of its dashboard',
        value: indexed.milliseconds,
        unit: 'ms',
        aim: 1000,
        against: { name: 'without the index', value: whole.milliseconds },
        note,
      },
      {
        name: 'memory that opening it takes',
        value: indexed.megabytes,
        unit: 'MB',
        against: { name: 'without the index', value: whole.megabytes },
        note: `resident, above that of the process before; ${indexed.drawn} of ${points} points are in the snapshot`,
      },
      {
        name: 'keeping the index of 5 million points while they are written',
        value: indexing(),
        unit: 'ms',
        against: { name: 'writing the run', value: writing },
        note: `in batches of ${batch} points`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const values = Array.from({ length: batch }, (_, index) => Math.sin(index) * Math.exp(index / 300));

/** Calls back for each batch of points, trial by trial. */
function eachBatch(take: (trial: string, steps: readonly number[]) => void): void {
  for (const seed of seeds) {
    for (const arm of arms) {
      for (let first = 0; first < pointsOfTrial; first += batch) {
        const steps = values.map((_, index) => first + index);
        take(`${arm}#${seed}`, steps);
      }
    }
  }
}

/** @returns milliseconds. */
function write(folder: string): number {
  const writer = createRunWriter(folder, { ...provisionalRecord(folder), arms, seeds, pid: 2 ** 22 + 7 });
  return duration(() => {
    writer.event({ type: 'started', pid: 1 });
    eachBatch((trial, steps) => writer.event({ type: 'points', trial, metric: 'loss', steps, values }));
    writer.end('completed');
  });
}

/** @returns milliseconds. */
function indexing(): number {
  const index = createIndexBuilder();
  let start = 0;
  return duration(() => {
    eachBatch((trial, steps) => {
      index.take(
        { at: 1, type: 'points', trial, metric: 'loss', steps, values },
        { start, end: (start += 25 * batch) },
      );
    });
  });
}

interface Opened {
  readonly milliseconds: number;
  readonly megabytes: number;
  readonly drawn: number;
}

/** Opens the run in a process of its own, which runs this file. */
function open(folder: string, how: 'all' | 'drawn'): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [folder, how]);
    child.once('message', (message) => resolve(message as Opened));
    child.once('error', reject);
  });
}

function openHere(folder: string, how: 'all' | 'drawn'): void {
  const before = process.memoryUsage().rss;
  const began = performance.now();
  const follower = followRun(
    folder,
    {
      onEvents(_, state) {
        const logged = state.series.reduce((sum, series) => sum + loggedPoints(series), 0);
        if (logged < points) return;
        follower.dispose();
        const { series } = new RunFeed(state, () => undefined).snapshot({ console: '', trusted: true });
        const milliseconds = performance.now() - began;
        const megabytes = (process.memoryUsage().rss - before) / 2 ** 20;
        const drawn = series.reduce((sum, { steps }) => sum + steps.length, 0);
        process.send!({ milliseconds, megabytes, drawn } satisfies Opened, () => process.exit());
      },
    },
    { points: how },
  );
}

function duration(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

if (process.send !== undefined) openHere(process.argv[2]!, process.argv[3] as 'all' | 'drawn');

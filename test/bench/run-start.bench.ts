import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followRun } from '../../src/runtime/runs/follow.ts';
import type { RunEvent } from '../../src/runtime/runs/events.ts';
import { startRun, type StartOptions } from '../../src/runtime/runs/start.ts';
import type { BenchRow } from './bench-row.ts';

const repetitions = 5;
const points = 1_000_000;

/** How fast a run comes up, and how fast its points get to a viewer. */
export async function bench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'marginalia-bench-'));
  const distribution = process.env.MARGINALIA_DIST ?? join(process.cwd(), 'dist');
  const write = async (name: string, compute: string, trial: string): Promise<StartOptions> => {
    const file = join(folder, `${name}.ts`);
    await writeFile(file, experiment(compute, trial));
    return { distribution, file, runsFolder: join(folder, 'runs'), seeds: 1, jobs: 1 };
  };
  try {
    const emptyNode = median(repeated(() => duration(() => spawnSync(process.execPath, ['-e', '0']))));
    const against = { name: 'an empty node process', value: emptyNode };
    const plain = await write('plain', 'none', 'log(0, { value: 1 });');
    const tensors = await write('tensors', 'autodiff', 'log(0, { value: tf.square(tf.scalar(3)).dataSync()[0] });');
    const flood = await write('flood', 'none', `for (let i = 0; i < ${points}; i++) log(i, { value: i });`);
    const stamps = await write('stamps', 'none', stamping);

    const starts = async (options: StartOptions) => {
      const times: number[] = [];
      for (let i = 0; i < repetitions; i++) times.push((await watch(options)).firstPoint);
      return median(times);
    };
    const flooded = await watch(flood);
    const delays = (await watch(stamps)).events.flatMap((event) =>
      event.type === 'points' ? event.values.map((logged) => event.at - Number(logged)) : [],
    );
    return [
      {
        name: 'run start to first point at a viewer, not yet drawn, plain numbers',
        value: await starts(plain),
        unit: 'ms',
        aim: 700,
        against,
        note: `median of ${repetitions}, the viewer looks every 100 ms`,
      },
      {
        name: 'run start to first point at a viewer, not yet drawn, tensors',
        value: await starts(tensors),
        unit: 'ms',
        aim: 1000,
        against,
        note: `median of ${repetitions}, the same; engine chosen by itself`,
      },
      {
        name: 'a million points from a loop to a viewer',
        value: flooded.lastPoint - flooded.firstPoint,
        unit: 'ms',
        aim: 3000,
        against: { name: 'the same loop, into an array', value: bareLoop() },
        note: 'first to last point, one trial, all in events.jsonl and decoded',
      },
      {
        name: 'log() to events.jsonl in a loop that never yields',
        value: Math.max(...delays),
        unit: 'ms',
        aim: 100,
        note: `longest of ${delays.length} points over 2 s; median ${median(delays).toFixed(0)} ms`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Logs the time, again and again, without ever yielding. */
const stamping = `
  const now = () => performance.timeOrigin + performance.now();
  const end = now() + 2000;
  for (let i = 0; now() < end; i++) {
    for (const next = now() + 1; now() < next; );
    log(i, { value: now() });
  }`;

interface Watched {
  /** Milliseconds from the call of startRun until a viewer had the first and the last point. */
  readonly firstPoint: number;
  readonly lastPoint: number;
  readonly events: readonly RunEvent[];
}

async function watch(options: StartOptions): Promise<Watched> {
  const began = performance.now();
  const run = await startRun(options);
  const events: RunEvent[] = [];
  let firstPoint: number | undefined;
  let lastPoint = 0;
  await new Promise<void>((resolve, reject) => {
    followRun(run.folder, {
      onEvents(slice, state) {
        events.push(...slice);
        if (slice.some(({ type }) => type === 'points')) {
          lastPoint = performance.now() - began;
          firstPoint ??= lastPoint;
        }
        if (state.status === 'completed') resolve();
        if (state.status === 'failed') reject(new Error(state.error?.message));
      },
    });
  });
  await run.ended;
  if (firstPoint === undefined) throw new Error('The run logged nothing.');
  return { firstPoint, lastPoint, events };
}

function bareLoop(): number {
  const kept: { step: number; value: number }[] = [];
  return duration(() => {
    for (let i = 0; i < points; i++) kept.push({ step: i, value: i });
  });
}

function duration(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function repeated(measure: () => number): number[] {
  return Array.from({ length: repetitions }, measure);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function experiment(compute: string, trial: string): string {
  const engine = compute === 'none' ? '' : ', tf';
  return `import { experiment, atLeast } from 'marginalia';
export default experiment({
  paper: 'bench', question: 'How fast?', compute: '${compute}', params: {},
  arms: { only: { role: 'method', about: 'the only one' } },
  metrics: { value: { better: 'neither', unit: 'one', about: 'a number' } },
  trial({ log${engine} }) { ${trial} },
  claim: { statement: 'none', check: ({ final }) => [atLeast('value', final('only', 'value'), 0)] },
});
`;
}

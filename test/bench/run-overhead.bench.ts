import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileExperiment } from '../../src/runtime/runs/compile.ts';
import { readRun } from '../../src/runtime/runs/folder.ts';
import { followRun } from '../../src/runtime/runs/follow.ts';
import { startRun, type StartOptions } from '../../src/runtime/runs/start.ts';
import { spawnTrialProcess, type TrialProcess } from '../../src/runtime/runs/trial-process.ts';
import type { BenchRow } from './bench-row.ts';

const repetitions = 5;

/** What it costs to run a loop inside the runtime instead of bare, to log, to watch, and to start a trial process. */
export async function bench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'marginalia-bench-'));
  const distribution = process.env.MARGINALIA_DIST ?? join(process.cwd(), 'dist');
  const write = async (name: string, trial: string, compute = 'none'): Promise<StartOptions> => {
    const file = join(folder, `${name}.ts`);
    await writeFile(file, experiment(trial, compute));
    return { distribution, file, runsFolder: join(folder, 'runs'), seeds: 1, jobs: 1 };
  };
  try {
    const inside: number[] = [];
    const bare: number[] = [];
    const looping = await write(
      'loop',
      `const seconds = work((step, value) => log(step, { value })); log(1e9, { value: seconds });`,
    );
    await writeFile(
      join(folder, 'bare.mjs'),
      `${work}\nconst kept = [];\nconsole.log(work((step, value) => { kept[step % 8] = value; }));`,
    );
    for (let round = 0; round < repetitions; round++) {
      inside.push(await lastValue(looping));
      bare.push(Number(spawnSync(process.execPath, [join(folder, 'bare.mjs')]).stdout));
    }

    const busy = await lastValue(await write('busy', pacing(true)));
    const idle = await lastValue(await write('idle', pacing(false)));
    const watching = await watcherShare(await write('watched', pacing(true)));

    const tensor = await write('tensor', 'log(0, { value: tf.square(tf.scalar(3)).dataSync()[0]! });', 'autodiff');
    const bundle = join(folder, 'tensor.cjs');
    await compileExperiment({ distribution, file: tensor.file, bundle });
    // As every run does first. What it compiled is kept right after its answer, so before it takes another job.
    const first = spawn(distribution, folder, bundle);
    await first.perform({ type: 'prepare', backend: 'cpu', threads: 1, passedOver: [] }, 'prepare');
    await first.perform({ type: 'load' }, 'load');
    first.kill('SIGKILL');
    const colds: number[] = [];
    const empties: number[] = [];
    for (let round = 0; round < repetitions; round++) {
      colds.push(await coldStart(distribution, folder, bundle));
      const began = performance.now();
      spawnSync(process.execPath, ['-e', '0']);
      empties.push(performance.now() - began);
    }
    return [
      {
        name: 'a loop of 400 updates of 10 ms inside a trial, each logged',
        value: Math.min(...inside),
        unit: 's',
        against: { name: 'the same loop bare in Node', value: Math.min(...bare) },
        note: `processor time of the loop with all threads of its process, lowest of ${repetitions}; aim: ratio under 1.02`,
      },
      {
        name: 'logging 10,000 points a second',
        value: Math.max(0, busy - idle) * 100,
        unit: '% of a core',
        aim: 5,
        note: 'processor time of the trial process, recorder included, less that of the same trial without logging; over 5 s',
      },
      {
        name: 'watching a run that logs 10,000 points a second',
        value: watching * 100,
        unit: '% of a core',
        aim: 5,
        note: 'processor time of a process that follows the run; over 5 s',
      },
      {
        name: 'trial process from nothing to its first tensor operation, cpu',
        value: median(colds),
        unit: 'ms',
        aim: 300,
        against: { name: 'an empty node process', value: median(empties) },
        note: `median of ${repetitions}, from the spawn to the first point that the run's process has, after a run has kept its compiled code`,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Plain arithmetic that takes about 10 ms an update; answers the processor time of its process in seconds. The update is a
 * function of its own, so that V8 makes the same machine code of it whatever `log` is.
 */
const work = `
  function update(x) {
    for (let i = 0; i < 500_000; i++) x = Math.sin(x) + i * 1e-9;
    return x;
  }
  function work(log) {
    const before = process.cpuUsage();
    let x = 1;
    for (let step = 0; step < 400; step++) {
      x = update(x);
      log(step, x);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  }`;

/** A trial of 5 seconds that logs ten points a millisecond, or only waits as long; its last value is its share of a core. */
function pacing(logs: boolean): string {
  return `
    const before = process.cpuUsage();
    const clock = new Int32Array(new SharedArrayBuffer(4));
    const began = performance.now();
    for (let step = 0; performance.now() - began < 5000; ) {
      Atomics.wait(clock, 0, 0, 1);
      for (const due = (performance.now() - began) * 10; step < due; step++) if (${logs}) log(step, { value: step });
    }
    const { user, system } = process.cpuUsage(before);
    log(1e9, { value: (user + system) / 5e6 });`;
}

/** The last value of a run's only trial. */
async function lastValue(options: StartOptions): Promise<number> {
  const run = await startRun(options);
  await run.ended;
  const [series] = (await readRun(run.folder)).series;
  if (series === undefined) throw new Error('The run logged nothing.');
  return series.values[series.length - 1]!;
}

/** The share of a core that following a run takes this process. */
async function watcherShare(options: StartOptions): Promise<number> {
  const run = await startRun(options);
  let before = process.cpuUsage();
  let began = performance.now();
  let share = 0;
  await new Promise<void>((resolve) => {
    let logging = false;
    const follower = followRun(run.folder, {
      onEvents(events, { status }) {
        if (!logging && events.some(({ type }) => type === 'points')) {
          logging = true;
          before = process.cpuUsage();
          began = performance.now();
        }
        if (status !== 'completed') return;
        const { user, system } = process.cpuUsage(before);
        share = (user + system) / 1000 / (performance.now() - began);
        follower.dispose();
        resolve();
      },
    });
  });
  await run.ended;
  return share;
}

/** Milliseconds from the spawn of a trial process until its first point has come. */
async function coldStart(distribution: string, folder: string, bundle: string): Promise<number> {
  const began = performance.now();
  const trialProcess = spawn(distribution, folder, bundle);
  let first = NaN;
  const job = { type: 'trial', arm: 'only', seed: 0, params: {}, backend: 'cpu', threads: 1, seconds: 60 } as const;
  await trialProcess.perform(job, 'bench', {
    point: () => (first = performance.now() - began),
    note: () => undefined,
    flush: () => undefined,
    silent: () => undefined,
  });
  trialProcess.kill('SIGKILL');
  return first;
}

function spawn(distribution: string, folder: string, bundle: string): TrialProcess {
  return spawnTrialProcess({
    ...{ distribution, workingFolder: folder, bundle, id: 'bench', memoryMegabytes: 2048 },
    control: join(folder, 'control.json'),
    checkpoints: join(folder, 'checkpoints'),
    print: () => undefined,
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function experiment(trial: string, compute: string): string {
  const engine = compute === 'none' ? '' : ', tf';
  return `import { experiment, atLeast } from 'marginalia';
${work.replace('work(log)', 'work(log: (step: number, value: number) => void): number').replace('update(x)', 'update(x: number)')}
export default experiment({
  paper: 'bench', question: 'How fast?', compute: '${compute}', params: {},
  arms: { only: { role: 'method', about: 'the only one' } },
  metrics: { value: { better: 'neither', unit: 'one', about: 'a number' } },
  trial({ log${engine} }) { ${trial} },
  claim: { statement: 'none', check: ({ final }) => [atLeast('value', final('only', 'value'), 0)] },
});
`;
}

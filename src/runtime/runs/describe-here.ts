import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { compileExperiment } from './compile.ts';
import type { Described } from './describe.ts';
import { spawnTrialProcess } from './trial-process.ts';

/** Memory that loading a module may take, in MB. */
const memoryMegabytes = 2048;

/** Compiles an experiment into a folder that is thrown away, loads it in a trial process and asks what it declares. */
export async function describeHere(file: string, distribution: string): Promise<Described> {
  const folder = await mkdtemp(join(tmpdir(), 'marginalia-'));
  const bundle = join(folder, 'experiment.cjs');
  const trialProcess = spawnTrialProcess({
    distribution,
    workingFolder: dirname(file),
    print: () => undefined,
    id: basename(folder),
    bundle,
    control: join(folder, 'control.json'),
    checkpoints: join(folder, 'checkpoints'),
    memoryMegabytes,
  });
  try {
    const compiled = await compileExperiment({ distribution, file, bundle });
    if ('error' in compiled) return compiled;
    const answer = await trialProcess.perform({ type: 'load' }, 'load');
    if (answer.type === 'loaded') return { description: answer.description };
    if (answer.type === 'failed' || answer.type === 'died') return { error: { file, ...answer.error } };
    return { error: { kind: 'internal', message: `Loading was answered with '${answer.type}'.` } };
  } finally {
    trialProcess.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

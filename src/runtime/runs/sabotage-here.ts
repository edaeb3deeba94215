import { basename, dirname } from 'node:path';
import { readRecord } from './read-record.ts';
import { runFiles } from './run-files.ts';
import type { Sabotaged } from './sabotage.ts';
import { spawnTrialProcess } from './trial-process.ts';

/** Memory that reading a run and deciding its claim may take, in MB. */
const memoryMegabytes = 4096;

/** Has a trial process decide the claim of a run again, from the bundle and the events in its folder. */
export async function sabotageHere(folder: string, distribution: string): Promise<Sabotaged> {
  const { bundle, events, control, checkpoints } = runFiles(folder);
  const read = await readRecord(folder);
  if (!('record' in read)) {
    const message = 'problem' in read ? read.problem : `There is no run in ${folder}.`;
    return { error: { kind: 'request', message } };
  }
  const trialProcess = spawnTrialProcess({
    distribution,
    workingFolder: dirname(bundle),
    print: () => undefined,
    id: basename(folder),
    bundle,
    control,
    checkpoints,
    memoryMegabytes,
  });
  try {
    const answer = await trialProcess.perform({ type: 'sabotage', events, seeds: read.record.seeds }, 'claim');
    if (answer.type === 'sabotaged') return { verdicts: answer.verdicts };
    if (answer.type === 'failed' || answer.type === 'died') return { error: answer.error };
    return { error: { kind: 'internal', message: `Deciding was answered with '${answer.type}'.` } };
  } finally {
    trialProcess.kill('SIGKILL');
  }
}

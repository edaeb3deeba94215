import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { Misuse } from '../misuse.ts';
import { print, printJson } from '../output.ts';

export function addPauseCommand(program: Command): void {
  program
    .command('pause')
    .description('Pause a run: its trials wait where they next log, in memory, until it is told to continue.')
    .argument('<run>', "run's id, as `marginalia runs` lists it, or its folder")
    .option('--json', 'print {id, status} for machines')
    .action(async (run: string, options: { json?: true }) => {
      process.exitCode = await pause(run, options.json ?? false);
    });
}

async function pause(run: string, json: boolean): Promise<number> {
  const [{ liveRun, waitForStatus }, { requestRun }] = await Promise.all([
    import('../live-run.ts'),
    import('../../runtime/runs/control.ts'),
  ]);
  const live = await liveRun(run);
  if (live.status === 'stopping') throw new Misuse(`the run ${live.id} is being stopped.`);
  await requestRun(live.folder, 'pause');
  const status = await waitForStatus(live, (now) => now === 'paused');
  if (json) printJson({ id: live.id, status });
  else if (status === 'paused') print(`Paused ${live.id}. Let it go on: marginalia continue ${live.id}`);
  else print(`${live.id} ended before it could be paused: it is ${status}.`);
  return exitCodes.done;
}

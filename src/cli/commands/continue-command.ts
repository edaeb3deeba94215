import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { Misuse } from '../misuse.ts';
import { print, printJson } from '../output.ts';

export function addContinueCommand(program: Command): void {
  program
    .command('continue')
    .description('Let a paused run go on. (`resume` takes up one that is over.)')
    .argument('<run>', "run's id, as `marginalia runs` lists it, or its folder")
    .option('--json', 'print {id, status} for machines')
    .action(async (run: string, options: { json?: true }) => {
      process.exitCode = await goOn(run, options.json ?? false);
    });
}

async function goOn(run: string, json: boolean): Promise<number> {
  const [{ liveRun, waitForStatus }, { requestRun }] = await Promise.all([
    import('../live-run.ts'),
    import('../../runtime/runs/control.ts'),
  ]);
  const live = await liveRun(run);
  if (live.status !== 'paused') throw new Misuse(`the run ${live.id} is not paused: it is ${live.status}.`);
  await requestRun(live.folder, 'resume');
  const status = await waitForStatus(live, (now) => now !== 'paused');
  if (json) printJson({ id: live.id, status });
  else print(status === 'running' ? `${live.id} goes on.` : `${live.id} is ${status}.`);
  return exitCodes.done;
}

import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { print, printJson } from '../output.ts';

export function addStopCommand(program: Command): void {
  program
    .command('stop')
    .description('Stop a run, whoever started it: asks, then ends its processes. What it has logged is kept.')
    .argument('<run>', "run's id, as `marginalia runs` lists it, or its folder")
    .option('--json', 'print {id, status} for machines')
    .action(async (run: string, options: { json?: true }) => {
      process.exitCode = await stop(run, options.json ?? false);
    });
}

async function stop(run: string, json: boolean): Promise<number> {
  const [{ liveRun, waitForStatus }, { stopRun }] = await Promise.all([
    import('../live-run.ts'),
    import('../../runtime/runs/control.ts'),
  ]);
  const live = await liveRun(run);
  await stopRun(live.folder).done;
  const status = await waitForStatus(live, () => false);
  if (json) printJson({ id: live.id, status });
  else if (status === 'stopped') print(`Stopped ${live.id}. Go on with it: marginalia resume ${live.id}`);
  else print(`${live.id} ended before it could be stopped: it is ${status}.`);
  return exitCodes.done;
}

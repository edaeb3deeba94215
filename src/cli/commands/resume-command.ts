import type { Command } from 'commander';
import { basename } from 'node:path';
import { Misuse } from '../misuse.ts';
import { runFolder } from '../workspace.ts';

export function addResumeCommand(program: Command, distribution: string): void {
  program
    .command('resume')
    .description('Go on with a run that was interrupted, stopped or failed, with the trials that it did not complete.')
    .argument('<run>', "run's id, as `marginalia runs` lists it, or its folder")
    .option('--json', 'print {id, folder, outcome, seconds, backend, verdict, results, warnings, error} for machines')
    .action(async (run: string, options: { json?: true }) => {
      const folder = runFolder(run);
      const [{ executeRun }, { continueRun }, { summarize }, { progressOn }, { reportRun }] = await Promise.all([
        import('../execute-run.ts'),
        import('../../runtime/runs/start.ts'),
        import('../../runtime/runs/folder.ts'),
        import('../progress.ts'),
        import('../report-run.ts'),
      ]);
      if ((await summarize(folder)).status === 'paused') {
        const id = basename(folder);
        throw new Misuse(`the run ${id} is not over but paused. Let it go on: marginalia continue ${id}`);
      }
      const finished = await executeRun(
        () => continueRun({ distribution, folder }),
        progressOn(process.stderr, basename(folder)),
      );
      process.exitCode = reportRun(finished, options.json ?? false);
    });
}

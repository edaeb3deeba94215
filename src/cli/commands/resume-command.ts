import type { Command } from 'commander';
import { basename } from 'node:path';
import { runFolder } from '../workspace.ts';

export function addResumeCommand(program: Command, distribution: string): void {
  program
    .command('resume')
    .description('Go on with a run that was interrupted, stopped or failed, with the trials that it did not complete.')
    .argument('<run>', "run's id, as `marginalia runs` lists it, or its folder")
    .option('--json', 'print {id, folder, outcome, seconds, verdict, results, warnings, error} for machines')
    .action(async (run: string, options: { json?: true }) => {
      const folder = runFolder(run);
      const [{ executeRun }, { continueRun }, { progressOn }, { reportRun }] = await Promise.all([
        import('../execute-run.ts'),
        import('../../runtime/runs/start.ts'),
        import('../progress.ts'),
        import('../report-run.ts'),
      ]);
      const finished = await executeRun(
        () => continueRun({ distribution, folder }),
        progressOn(process.stderr, basename(folder)),
      );
      process.exitCode = reportRun(finished, options.json ?? false);
    });
}

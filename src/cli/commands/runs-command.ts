import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { columns, duration, print, printJson } from '../output.ts';
import { runsFolder } from '../workspace.ts';

export function addRunsCommand(program: Command): void {
  program
    .command('runs')
    .description("List this workspace's runs, the newest first.")
    .option('--json', 'print [{id, name, created, status, share, seconds, verdict, folder, problem}] for machines')
    .action(async (options: { json?: true }) => {
      process.exitCode = await runs(options.json ?? false);
    });
}

async function runs(json: boolean): Promise<number> {
  const { listRuns } = await import('../../runtime/runs/folder.ts');
  const folder = runsFolder();
  const all = await listRuns(folder);
  if (json) {
    printJson(
      all.map(({ id, name, created, status, share, seconds, verdict, folder, problem }) => ({
        id,
        name,
        created,
        status,
        share,
        seconds: seconds ?? null,
        verdict: verdict?.verdict ?? null,
        folder,
        problem: problem ?? null,
      })),
    );
  } else if (all.length === 0) {
    print(`There are no runs in ${folder}. Start one with: marginalia run <file|id>`);
  } else {
    const rows = all.map(({ id, name, status, share, seconds, verdict, problem }) => [
      id,
      name,
      status,
      seconds === undefined ? `${Math.floor(share * 100)} %` : duration(seconds),
      problem ?? verdict?.verdict ?? '',
    ]);
    for (const line of columns(rows)) print(line);
  }
  return exitCodes.done;
}

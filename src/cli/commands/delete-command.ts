import type { Command } from 'commander';
import { basename } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { exitCodes } from '../exit-codes.ts';
import { Misuse } from '../misuse.ts';
import { complain, print } from '../output.ts';
import { runFolder } from '../workspace.ts';

export function addDeleteCommand(program: Command): void {
  program
    .command('delete')
    .description('Delete runs for good: their numbers, their console and their copy of the code.')
    .argument('<runs...>', 'ids, as `marginalia runs` lists them, or folders')
    .option('-y, --yes', 'do not ask')
    .action(async (runs: readonly string[], options: { yes?: true }) => {
      process.exitCode = await deleteAll(runs, options.yes ?? false);
    });
}

async function deleteAll(runs: readonly string[], agreed: boolean): Promise<number> {
  const folders = runs.map(runFolder);
  const { deleteRun } = await import('../../runtime/runs/folder.ts');
  if (!agreed && !(await ask(folders.map((folder) => basename(folder))))) {
    complain('Nothing was deleted.');
    return exitCodes.stopped;
  }
  for (const folder of folders) {
    await deleteRun(folder);
    print(`Deleted ${basename(folder)}.`);
  }
  return exitCodes.done;
}

async function ask(ids: readonly string[]): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Misuse('there is nobody here to ask; --yes deletes without asking.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`Delete ${ids.join(', ')} for good? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

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
    .description('Delete runs, with their numbers, their console and their copy of the code: move them to the trash.')
    .argument('<runs...>', 'ids, as `marginalia runs` lists them, or folders')
    .option('-y, --yes', 'do not ask')
    .option('--force', 'delete them for good, past the trash; needed on macOS and Windows')
    .action(async (runs: readonly string[], options: { yes?: true; force?: true }) => {
      process.exitCode = await deleteAll(runs, options);
    });
}

async function deleteAll(runs: readonly string[], { yes, force }: { yes?: true; force?: true }): Promise<number> {
  const folders = runs.map(runFolder);
  const [{ deleteRun }, { moveToTrash, NoTrashError }] = await Promise.all([
    import('../../runtime/runs/folder.ts'),
    import('../trash.ts'),
  ]);
  const ids = folders.map((folder) => basename(folder)).join(', ');
  if (!yes && !(await ask(force ? `Delete ${ids} for good?` : `Move ${ids} to the trash?`))) {
    complain('Nothing was deleted.');
    return exitCodes.stopped;
  }
  for (const folder of folders) {
    try {
      await deleteRun(folder, force ? undefined : moveToTrash);
    } catch (error) {
      if (!(error instanceof NoTrashError)) throw error;
      throw new Error(`${error.message}. Nothing was deleted of it; --force deletes it for good.`, { cause: error });
    }
    print(force ? `Deleted ${basename(folder)} for good.` : `Moved ${basename(folder)} to the trash.`);
  }
  return exitCodes.done;
}

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Misuse('there is nobody here to ask; --yes deletes without asking.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

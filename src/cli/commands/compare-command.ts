import type { Command } from 'commander';
import { basename } from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { Misuse } from '../misuse.ts';
import { columns, complainOfProblems, print, printJson } from '../output.ts';
import { runFolder } from '../workspace.ts';

export function addCompareCommand(program: Command): void {
  program
    .command('compare')
    .description('Set runs side by side: what their arms ended with, and in what they differ.')
    .argument('<runs...>', 'two runs or more: ids, as `marginalia runs` lists them, or folders')
    .option('--json', 'print {runs, differences, results} for machines')
    .action(async (runs: readonly string[], options: { json?: true }) => {
      process.exitCode = await compare(runs, options.json ?? false);
    });
}

async function compare(runs: readonly string[], json: boolean): Promise<number> {
  if (runs.length < 2) throw new Misuse('there is nothing to compare: name at least two runs.');
  const folders = runs.map(runFolder);
  const [{ compareRuns }, { comparisonTables }, { readRun }, { readLabels }] = await Promise.all([
    import('../../runtime/comparison/compare-runs.ts'),
    import('../../runtime/comparison/comparison-table.ts'),
    import('../../runtime/runs/folder.ts'),
    import('../../runtime/runs/label-file.ts'),
  ]);
  const compared = await Promise.all(
    folders.map(async (folder) => {
      const [state, { labels }] = await Promise.all([readRun(folder, 'drawn'), readLabels(folder)]);
      return { id: basename(folder), state, name: labels.name ?? state.record.name };
    }),
  );
  const comparison = compareRuns(compared);
  complainOfProblems(comparison.runs.flatMap(({ problems }) => problems));
  if (json) {
    printJson(comparison);
    return exitCodes.done;
  }
  const tables = comparisonTables(comparison);
  for (const line of columns(tables.runs)) print(line);
  print('\nEnded with (median over seeds [95 % interval] (seeds)):');
  if (tables.results.length === 0) print('no trial has been completed');
  for (const line of columns(tables.results)) print(line);
  print('\nAsked otherwise:');
  if (tables.differences.length === 0) print('nothing');
  for (const line of columns(tables.differences)) print(line);
  return exitCodes.done;
}

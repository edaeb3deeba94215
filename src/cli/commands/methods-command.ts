import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { columns, print, printJson } from '../output.ts';

export function addMethodsCommand(program: Command, distribution: string): void {
  program
    .command('methods')
    .description('List the methods that can be scaffolded and run.')
    .option('--json', 'print them with their papers, questions, parameters, arms and verdicts for machines')
    .action(async (options: { json?: true }) => {
      process.exitCode = await methods(distribution, options.json ?? false);
    });
}

async function methods(distribution: string, json: boolean): Promise<number> {
  const { loadMethods } = await import('../../corpus/load-methods.ts');
  const all = [...(await loadMethods(distribution))].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (json) {
    printJson(
      all.map(({ id, family, kind, paper, names, experiment, verdict }) => ({
        id,
        family,
        kind,
        paper,
        names,
        question: experiment.question,
        statement: experiment.statement,
        seconds: experiment.seconds,
        compute: experiment.compute,
        parameters: experiment.parameters,
        arms: experiment.arms,
        metrics: experiment.metrics,
        verdict: verdict ?? null,
      })),
    );
  } else {
    const rows = all.map(({ id, family, experiment, verdict }) => [
      ...[id, family, verdict?.verdict ?? 'not verified', `${experiment.seconds} s`, experiment.question],
    ]);
    for (const line of columns(rows, [3])) print(line);
  }
  return exitCodes.done;
}

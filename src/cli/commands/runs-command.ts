import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { collect } from '../option-values.ts';
import { columns, duration, print, printJson } from '../output.ts';
import { runsFolder } from '../workspace.ts';

export function addRunsCommand(program: Command): void {
  program
    .command('runs')
    .description("List this workspace's runs, the newest first.")
    .option('--tag <tag>', 'only runs with this tag; several times: with all of them', collect)
    .option(
      '--json',
      'print [{id, name, tags, note, created, status, share, seconds, verdict, folder, problem}] for machines',
    )
    .action(async (options: { tag?: readonly string[]; json?: true }) => {
      process.exitCode = await runs(options.tag ?? [], options.json ?? false);
    });
}

async function runs(tags: readonly string[], json: boolean): Promise<number> {
  const { listRuns } = await import('../../runtime/runs/folder.ts');
  const folder = runsFolder();
  const all = (await listRuns(folder)).filter(({ labels }) => tags.every((tag) => labels.tags.includes(tag)));
  if (json) {
    printJson(
      all.map(({ id, name, labels, created, status, share, seconds, verdict, folder, problem }) => ({
        id,
        name,
        tags: labels.tags,
        note: labels.note,
        created,
        status,
        share,
        seconds: seconds ?? null,
        verdict: verdict?.verdict ?? null,
        folder,
        problem: problem ?? null,
      })),
    );
  } else if (all.length === 0 && tags.length > 0) {
    print(`There is no run tagged ${tags.join(' and ')} in ${folder}.`);
  } else if (all.length === 0) {
    print(`There are no runs in ${folder}. Start one with: marginalia run <file|id>`);
  } else {
    const rows = all.map(({ id, name, labels, status, share, seconds, verdict, problem }) => [
      id,
      name,
      status,
      seconds === undefined ? `${Math.floor(share * 100)} %` : duration(seconds),
      [problem ?? verdict?.verdict ?? '', ...labels.tags.map((tag) => `#${tag}`)].filter(Boolean).join('  '),
    ]);
    for (const line of columns(rows)) print(line);
  }
  return exitCodes.done;
}

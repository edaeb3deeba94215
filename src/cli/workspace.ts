import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Misuse } from './misuse.ts';

/**
 * The folder whose `.marginalia` keeps runs and types: the nearest one, from `start` upwards, that has a `.marginalia` or
 * is a repository; else `start` itself.
 */
export function workspaceRoot(start = process.cwd()): string {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.marginalia')) || existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return resolve(start);
  }
}

export function runsFolder(): string {
  return join(workspaceRoot(), '.marginalia', 'runs');
}

/**
 * The folder of a run that was named by its id or by its folder. What lies among the runs counts as one, as in the list of
 * them, whatever is wrong with it; a folder elsewhere has to hold a run.
 */
export function runFolder(run: string): string {
  const named = resolve(run);
  const amongRuns = [join(runsFolder(), run), named].find(
    (folder) => dirname(folder) === runsFolder() && isFolder(folder),
  );
  if (amongRuns !== undefined) return amongRuns;
  const holdsRun = ['run.json', 'events.jsonl'].some((file) => existsSync(join(named, file)));
  if (holdsRun) return named;
  throw new Misuse(`there is no run "${run}". \`marginalia runs\` lists them.`);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Where the built-in experiments lie, beside the bundles. */
export function snippetsFolder(distribution: string): string {
  return join(distribution, '..', 'snippets');
}

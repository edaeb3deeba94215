import { existsSync } from 'node:fs';
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

/** The folder of a run that was named by its id or by its folder. */
export function runFolder(run: string): string {
  const known = [join(runsFolder(), run), resolve(run)].find((folder) => existsSync(join(folder, 'run.json')));
  if (known === undefined) throw new Misuse(`there is no run "${run}". \`marginalia runs\` lists them.`);
  return known;
}

/** Where the built-in experiments lie, beside the bundles. */
export function snippetsFolder(distribution: string): string {
  return join(distribution, '..', 'snippets');
}

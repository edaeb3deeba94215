import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

export interface ScaffoldOptions {
  /** Absolute path of the built `dist` folder, from which the type declarations are taken. */
  readonly distribution: string;
  /** Absolute path of the `snippets` folder: `<snippets>/<family>/<id>/experiment.ts` is what is scaffolded. */
  readonly snippets: string;
  readonly method: { readonly id: string; readonly family: string };
  /** Absolute path of the file to write. */
  readonly target: string;
  /** Absolute path of the folder that holds `.marginalia`, usually the workspace's. */
  readonly workspaceRoot: string;
  /** Whether a file that is already at `target` may be replaced. Default false. */
  readonly overwrite?: boolean;
}

/**
 * Writes a method's experiment to `target` so that it type-checks and completes with nothing installed: the declarations of
 * the module `marginalia` are put into `<workspaceRoot>/.marginalia/types`, and the file's first line refers to them.
 *
 * Answers `{ exists }` and changes nothing at `target` where a file is in the way and `overwrite` is not set. Throws an
 * `Error` that says what to do where the method has no experiment in this installation or the folder cannot be written.
 */
export async function scaffoldExperiment(
  options: ScaffoldOptions,
): Promise<{ readonly file: string } | { readonly exists: string }> {
  const { target, overwrite = false } = options;
  const text = await scaffoldText(options);
  await mkdir(dirname(target), { recursive: true });
  try {
    // `wx` makes looking and writing one step: a file that appears in between is never lost.
    await writeFile(target, text, { flag: overwrite ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return { exists: target };
    throw error;
  }
  return { file: target };
}

/** The text that `scaffoldExperiment` writes to `target`; puts the declarations that it refers to in their place. */
export async function scaffoldText(options: ScaffoldOptions): Promise<string> {
  const code = await readExperiment(options);
  const types = await writeTypes(options.distribution, options.workspaceRoot);
  return `/// <reference path="${referencePath(options.target, types)}" />\n${code}`;
}

/**
 * Puts the current declarations of the module `marginalia` into `<workspaceRoot>/.marginalia/types`, together with a
 * `.gitignore` that keeps the folder out of version control, and answers the declarations' path. Files that are already as
 * they should be are not touched.
 */
async function writeTypes(distribution: string, workspaceRoot: string): Promise<string> {
  const home = join(workspaceRoot, '.marginalia');
  const types = join(home, 'types', 'marginalia.d.ts');
  await mkdir(dirname(types), { recursive: true });
  await writeWhereDifferent(types, await readFile(join(distribution, 'types/marginalia.d.ts'), 'utf8'));
  await writeFile(join(home, '.gitignore'), '*\n', { flag: 'wx' }).catch(ignoreExisting);
  return types;
}

async function readExperiment({ snippets, method }: ScaffoldOptions): Promise<string> {
  const source = join(snippets, method.family, method.id, 'experiment.ts');
  try {
    return await readFile(source, 'utf8');
  } catch {
    throw new Error(
      `The experiment of "${method.id}" is not in this installation (expected at ${source}). Install Marginalia again.`,
    );
  }
}

async function writeWhereDifferent(file: string, text: string): Promise<void> {
  const current = await readFile(file, 'utf8').catch(() => undefined);
  if (current !== text) await writeFile(file, text);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function referencePath(from: string, to: string): string {
  const path = relative(dirname(from), to).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

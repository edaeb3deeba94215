import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TargetExistsError } from './target-exists.ts';
import { partialName, type TargetOptions } from './write-file.ts';

/**
 * Fills a folder whole or not at all: under another name beside it, then renamed. Folders on the way are made. An empty
 * folder counts as none.
 *
 * @param fill writes into the folder it is given.
 * @param isOurs whether a file name may be from an earlier export; a folder with any other file in it is never replaced.
 * @throws TargetExistsError; what `fill` throws; what the file system says.
 */
export async function writeFolderWhole(
  target: string,
  fill: (folder: string) => Promise<void>,
  isOurs: (fileName: string) => boolean,
  { overwrite = false, signal }: TargetOptions,
): Promise<void> {
  signal?.throwIfAborted();
  const found = await inspect(target, isOurs);
  if (found.kind === 'file' || (found.kind === 'ours' && !overwrite)) throw new TargetExistsError(target);
  if (found.kind === 'foreign') {
    throw new Error(
      `${target} holds files that no export wrote (such as ${found.file}), so it is not replaced. Choose another folder.`,
    );
  }
  await mkdir(dirname(target), { recursive: true });
  const partial = partialName(target);
  try {
    await mkdir(partial);
    await fill(partial);
    signal?.throwIfAborted();
    if (found.kind === 'ours') await replace(target, partial);
    else {
      if (found.kind === 'empty') await rmdir(target);
      await rename(partial, target);
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Puts one folder in the place of another; the old one is back in its place where that fails. */
async function replace(target: string, partial: string): Promise<void> {
  const old = partialName(target);
  await rename(target, old);
  try {
    await rename(partial, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

type Found =
  { readonly kind: 'nothing' | 'file' | 'empty' | 'ours' } | { readonly kind: 'foreign'; readonly file: string };

async function inspect(target: string, isOurs: (fileName: string) => boolean): Promise<Found> {
  const status = await stat(target).catch(() => undefined);
  if (status === undefined) return { kind: 'nothing' };
  if (!status.isDirectory()) return { kind: 'file' };
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  if (entries.length === 0) return { kind: 'empty' };
  const foreign = entries.find((entry) => !entry.isDirectory() && !(entry.isFile() && isOurs(entry.name)));
  return foreign === undefined ? { kind: 'ours' } : { kind: 'foreign', file: foreign.name };
}

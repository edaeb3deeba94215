import { randomUUID } from 'node:crypto';
import { access, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TargetExistsError } from './target-exists.ts';

export interface TargetOptions {
  /** Replaces what is there. Without it an existing target is an error and is left as it is. */
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
}

/** Characters that are collected before they are written: few system calls, little memory. */
const chunkSize = 1 << 18;

/**
 * Writes a text file whole or not at all: under another name in the same folder, then renamed. Folders on the way are
 * made.
 *
 * @param fill is given what writes a piece of the text; it has to wait for each.
 * @throws what `fill` throws; TargetExistsError; what the file system says; the signal's reason once it is aborted.
 */
export async function writeFileWhole(
  target: string,
  fill: (put: (piece: string) => Promise<void>) => Promise<void>,
  { overwrite = false, signal }: TargetOptions,
): Promise<void> {
  signal?.throwIfAborted();
  if (!overwrite && (await exists(target))) throw new TargetExistsError(target);
  await mkdir(dirname(target), { recursive: true });
  const partial = partialName(target);
  try {
    const file = await open(partial, 'wx');
    try {
      let pending = '';
      await fill(async (piece) => {
        signal?.throwIfAborted();
        pending += piece;
        if (pending.length < chunkSize) return;
        await file.writeFile(pending);
        pending = '';
      });
      await file.writeFile(pending);
      await file.sync();
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    await (overwrite ? rename(partial, target) : renameToNew(partial, target));
  } finally {
    await rm(partial, { force: true });
  }
}

/** Where something is written before it gets its name: beside it, so that a rename is all that is left to do. */
export function partialName(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}.partial`);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** A rename replaces; a second name does not, so nothing that appeared in the meantime is lost. */
async function renameToNew(partial: string, target: string): Promise<void> {
  try {
    await link(partial, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new TargetExistsError(target);
    // Not every file system knows second names.
    if (await exists(target)) throw new TargetExistsError(target);
    await rename(partial, target);
  }
}

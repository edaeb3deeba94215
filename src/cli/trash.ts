import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';

/** There is no trash that the folder can be moved to; it is where it was. */
export class NoTrashError extends Error {
  override readonly name = 'NoTrashError';
}

/**
 * Moves a folder to the trash of the desktop, where file managers show it and put it back (freedesktop.org's Trash
 * specification 1.0): to the user's own, or from another disk to the one that lies on that disk.
 *
 * @throws NoTrashError where the system has no trash of this kind, or it cannot be written.
 */
export async function moveToTrash(folder: string): Promise<void> {
  if (process.platform === 'win32' || process.platform === 'darwin') {
    throw new NoTrashError('a terminal cannot reach the trash of this system');
  }
  const path = await realpath(folder);
  try {
    const { XDG_DATA_HOME: data = '' } = process.env;
    const home = join(data === '' ? join(homedir(), '.local', 'share') : data, 'Trash');
    await mkdir(home, { recursive: true, mode: 0o700 });
    if ((await stat(home)).dev === (await stat(path)).dev) {
      await moveInto(home, path, path);
    } else {
      const top = await topOfDisk(path);
      await moveInto(join(top, `.Trash-${userInfo().uid}`), path, relative(top, path));
    }
  } catch (error) {
    throw new NoTrashError(`${folder} cannot be moved to the trash: ${(error as Error).message}`, { cause: error });
  }
}

/** @param original where it lay, as the trash writes it down: absolute in the user's own, else from the top of the disk. */
async function moveInto(trash: string, path: string, original: string): Promise<void> {
  const [files, info] = [join(trash, 'files'), join(trash, 'info')];
  for (const folder of [files, info]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = await takeName(info, basename(path), note(original));
  try {
    await rename(path, join(files, name));
  } catch (error) {
    await rm(join(info, `${name}.trashinfo`), { force: true });
    throw error;
  }
}

/** A name that nothing in the trash has: whoever makes its note first has it. */
async function takeName(info: string, wanted: string, text: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}.${number}`;
    try {
      await writeFile(join(info, `${name}.trashinfo`), text, { flag: 'wx' });
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function note(original: string): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  const path = original.split('/').map(encodeURIComponent).join('/');
  return `[Trash Info]\nPath=${path}\nDeletionDate=${local}\n`;
}

/** The highest folder on the disk of this one. */
async function topOfDisk(path: string): Promise<string> {
  const { dev } = await stat(path);
  for (let top = resolve(path); ; top = dirname(top)) {
    if (dirname(top) === top || (await stat(dirname(top))).dev !== dev) return top;
  }
}

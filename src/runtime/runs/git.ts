import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** A run does not wait longer than this for what git has to say, in milliseconds. */
const patience = 500;

/** The commit that a file's repository is at, and whether tracked files differ from it; null outside of a repository. */
export async function gitState(file: string): Promise<{ readonly commit: string; readonly dirty: boolean } | null> {
  const git = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('git', args, {
      cwd: dirname(file),
      timeout: patience,
      windowsHide: true,
      // Looking must not take the lock that the user's own git needs.
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
    });
    return stdout.trim();
  };
  try {
    const [commit, changes] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=no'),
    ]);
    return { commit, dirty: changes !== '' };
  } catch {
    return null;
  }
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const version = '2.20.0';

/** A Python that has TensorBoard, or why there is none. */
export type PythonTensorboard =
  { readonly python: (script: string, ...values: string[]) => Promise<string> } | { readonly missing: string };

/** Finds Python 3 and puts TensorBoard into `out/python` where it is not there yet: about 160 MB, a minute, the first time. */
export async function findTensorboard(): Promise<PythonTensorboard> {
  let python: string;
  try {
    const { stdout } = await run('python3', ['-c', 'import sys; print(sys.implementation.cache_tag)']);
    python = stdout.trim();
  } catch {
    return { missing: 'there is no python3' };
  }
  // Compiled parts fit one version of Python only.
  const packages = resolve('out/python', `tensorboard-${version}-${python}`);
  if (!existsSync(packages)) {
    // Under another name first, so that a half-done install is never taken for a whole one.
    const partial = `${packages}.${process.pid}.partial`;
    await mkdir(resolve('out/python'), { recursive: true });
    try {
      console.log(`      installing tensorboard ${version} into out/python …`);
      await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', partial, `tensorboard==${version}`]);
      await rename(partial, packages).catch((error: unknown) => {
        if (!existsSync(packages)) throw error;
      });
    } catch (error) {
      return { missing: `pip could not install tensorboard: ${lastLine(error)}` };
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return {
    python: async (script, ...values) => {
      const { stdout } = await run('python3', [script, ...values], {
        env: { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' },
        maxBuffer: 1 << 28,
      });
      return stdout;
    },
  };
}

function lastLine(error: unknown): string {
  const { stderr } = error as { stderr?: string };
  return (stderr ?? String(error)).trim().split('\n').at(-1)!;
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tfjsNodeVersion } from './installation.ts';
import { type ProgramOptions, runProgram } from './run-program.ts';
import { SetupError } from './setup-error.ts';

/** Node-API's headers as a package: what the addon compiles against, the same for every Node and Electron. */
const nodeApiHeadersVersion = '1.9.0';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Installs `@tensorflow/tfjs-node` into a folder, without its addon. */
export async function installPackage(folder: string, options: Omit<ProgramOptions, 'cwd'>): Promise<void> {
  const manifest = {
    private: true,
    dependencies: { '@tensorflow/tfjs-node': tfjsNodeVersion, 'node-api-headers': nodeApiHeadersVersion },
    // For the step of its own below; newer npm asks.
    allowScripts: { '@tensorflow/tfjs-node': true },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  await runProgram(npm, ['install', ...flags], { cwd: folder, ...options });
}

/** How long the package's own install step may take: behind some networks its download neither goes on nor ends. */
const standardMinutes = 10;

/** The package's own install step, which downloads libtensorflow and a prebuilt addon. */
export async function installPrebuiltAddon(folder: string, options: Omit<ProgramOptions, 'cwd'>): Promise<void> {
  const limit = AbortSignal.timeout(standardMinutes * 60_000);
  try {
    await runProgram(npm, ['rebuild', '--foreground-scripts', '@tensorflow/tfjs-node'], {
      cwd: folder,
      ...options,
      signal: AbortSignal.any([options.signal, limit]),
    });
  } catch (error) {
    if (options.signal.aborted || !limit.aborted) throw error;
    throw new SetupError(`it had not come to an end after ${standardMinutes} minutes`);
  }
}

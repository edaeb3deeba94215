/** Desktop VS Code for the editor suites, downloaded by @vscode/test-electron where the machine allows it. */
import { spawnSync } from 'node:child_process';
import { findProgram, start } from '../tools/processes.mjs';
import { during } from '../tools/progress.mjs';
import { cacheFolder } from '../tools/root.mjs';
import { ensureSystemPackages } from '../tools/system-packages.mjs';

const downloadHost = 'https://update.code.visualstudio.com';

/** Gets the editor. @returns {Promise<{ executable: string } | { reason: string }>} its program, or why there is none */
export async function tryDesktopEditor() {
  try {
    await fetch(`${downloadHost}/api/releases/stable`, { signal: AbortSignal.timeout(4000) });
  } catch {
    return { reason: `${downloadHost} cannot be reached` };
  }
  try {
    if (process.platform === 'linux') {
      await ensureSystemPackages(needs(), 'run desktop VS Code');
      await ensureDisplay();
    }
    const { downloadAndUnzipVSCode, SilentReporter } = await import('@vscode/test-electron');
    const executable = await during('Downloading desktop VS Code', () =>
      downloadAndUnzipVSCode({ version: 'stable', cachePath: cacheFolder, reporter: new SilentReporter() }),
    );
    return { executable };
  } catch (error) {
    return { reason: `it could not be made ready (${error instanceof Error ? error.message : String(error)})` };
  }
}

/** What Electron needs on Linux, and a display where there is none. @returns {import('../tools/system-packages.mjs').Need[]} */
function needs() {
  const libraries = Object.entries({
    'libasound.so.2': 'libasound2',
    'libgbm.so.1': 'libgbm1',
    'libgtk-3.so.0': 'libgtk-3-0',
    'libnss3.so': 'libnss3',
    'libxkbfile.so.1': 'libxkbfile1',
  }).map(([what, name]) => ({
    what,
    packages: [name],
    met: () => (spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '').includes(what),
  }));
  const display = { what: 'a display or Xvfb', packages: ['xvfb'], met: () => Boolean(findProgram('Xvfb')) };
  return process.env['DISPLAY'] ? libraries : [...libraries, display];
}

/** Gives desktop programs a display where the machine has none. @returns {Promise<void>} */
async function ensureDisplay() {
  if (process.env['DISPLAY']) return;
  const display = await new Promise((resolve, reject) => {
    // Xvfb picks a free display and writes its number to the descriptor that it is given.
    const child = start('Xvfb', ['-displayfd', '1', '-screen', '0', '1400x900x24'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Xvfb ended with code ${code}`)));
    child.stdout?.once('data', (chunk) => resolve(chunk.toString().trim()));
  });
  process.env['DISPLAY'] = `:${display}`;
}

/** Native TensorFlow for the tests: set up by the product's own command, kept where git ignores it. */
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { must } from './processes.mjs';
import { during } from './progress.mjs';
import { productCache, root } from './root.mjs';
import { ensureSystemPackages, tensorflowNeeds } from './system-packages.mjs';

/**
 * Sets it up where it is not there yet (about a minute and a half, once). Needs a built `dist/`.
 * @returns {Promise<string>} its versions
 */
export async function ensureTensorFlow() {
  if (process.platform === 'linux') await ensureSystemPackages(tensorflowNeeds, 'set up native TensorFlow');
  /** @type {string} */
  const output = await withLock(join(productCache, 'tensorflow.lock'), 'setting up native TensorFlow', () =>
    during('Setting up native TensorFlow', (detail) =>
      must(process.execPath, [join(root, 'dist/cli.js'), 'setup', 'tensorflow'], {
        cwd: root,
        env: { ...process.env, MARGINALIA_CACHE: productCache },
        onLine: detail,
      }),
    ),
  );
  const versions = output.split('\n').find((line) => line.startsWith('Native TensorFlow'));
  return /: (.*)\.$/.exec(versions ?? '')?.[1] ?? output.trim();
}

/** System packages that the editor, the browser and the engines need: installed on Debian and its like, elsewhere named. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { during } from './progress.mjs';
import { findProgram, must, run } from './processes.mjs';

/**
 * @typedef {object} Need
 * @property {string} what as a person would look for it: `a C++ compiler`
 * @property {readonly string[]} packages Debian's names
 * @property {() => boolean} met
 */

/** @type {Need[]} What compiling the embedded editor's native modules takes. */
export const compilerNeeds = [
  { what: 'g++', packages: ['g++'], met: () => Boolean(findProgram('g++', 'clang++')) },
  { what: 'make', packages: ['make'], met: () => Boolean(findProgram('make')) },
  { what: 'python3', packages: ['python3'], met: () => Boolean(findProgram('python3')) },
  {
    what: 'the Kerberos headers (gssapi)',
    packages: ['libkrb5-dev'],
    met: () => existsSync('/usr/include/gssapi/gssapi.h'),
  },
];

/** @type {Need[]} What compiling the addon of native TensorFlow takes. */
export const tensorflowNeeds = [
  { what: 'g++', packages: ['g++'], met: () => Boolean(findProgram('c++')) },
  {
    what: 'Python 3 with pip',
    packages: ['python3', 'python3-pip'],
    met: () => spawnSync('python3', ['-m', 'pip', '--version']).status === 0,
  },
];

/** @type {Need[]} What WebGPU is tested on: the loader of graphics drivers, and the one in software that Chromium brings. */
export const graphicsNeeds = [
  {
    what: "Vulkan's loader",
    packages: ['libvulkan1'],
    met: () => /\blibvulkan\.so\.1\b/.test(String(spawnSync('/sbin/ldconfig', ['-p']).stdout)),
  },
  {
    what: 'the graphics driver in software of Chromium',
    packages: ['chromium'],
    met: () => existsSync('/usr/lib/chromium/vk_swiftshader_icd.json'),
  },
];

/** The package manager works for one at a time. @type {Promise<unknown>} */
let lastTurn = Promise.resolve();

/**
 * Makes sure that the machine has what is needed.
 * @param {readonly Need[]} needs
 * @param {string} purpose what it is needed for: `run the browser tests`
 */
export function ensureSystemPackages(needs, purpose) {
  const turn = lastTurn.then(() => installMissing(needs, purpose));
  lastTurn = turn.catch(() => undefined);
  return turn;
}

/** @param {readonly Need[]} needs @param {string} purpose */
async function installMissing(needs, purpose) {
  const missing = needs.filter((need) => !need.met());
  if (missing.length === 0) return;
  const names = missing.map((need) => need.what).join(', ');
  const packages = missing.flatMap((need) => need.packages);
  const apt = findProgram('apt-get');
  if (!apt) {
    throw new Error(
      `To ${purpose} this machine lacks ${names}. Install them with its package manager and run the command again.`,
    );
  }
  const prefix = await rootPrefix();
  if (!prefix) {
    throw new Error(
      `To ${purpose} this machine lacks ${names}. Run "sudo apt-get install ${packages.join(' ')}" and then this command again.`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await during(`Installing system packages (${packages.join(', ')})`, async (detail) => {
    const [program = apt, ...args] = [...prefix, apt];
    const options = { env, onLine: detail };
    // A stale list names versions that the mirrors no longer have.
    await must(program, [...args, 'update', '-q'], options);
    await must(program, [...args, 'install', '-y', '-q', '--no-install-recommends', ...packages], options);
  });
  const still = missing.filter((need) => !need.met());
  if (still.length > 0) {
    throw new Error(
      `The packages ${packages.join(', ')} were installed, and still there is no ${still.map((need) => need.what).join(', ')}.`,
    );
  }
}

/** @returns {Promise<string[] | undefined>} what to put before a command that needs root, or undefined where we cannot be root */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram('sudo');
  if (sudo && (await run(sudo, ['-n', 'true'])).code === 0) return [sudo, '-n'];
  return undefined;
}

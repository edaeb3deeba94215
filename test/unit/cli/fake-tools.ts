import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** How the package's own install step comes out: with an addon, without a network, or with one that takes its process down. */
export type Prebuilt = 'fits' | 'unreachable' | 'crashes';

export interface FakeTools {
  readonly prebuilt: Prebuilt;
  /** What the addon does that the compiler makes. Default `fits`. */
  readonly compiled?: 'fits' | 'wrong';
  /** The program that never comes to an end, and has started another one. */
  readonly endless?: 'npm' | 'c++';
  /** Which programs are there. Default: all. */
  readonly programs?: readonly ('npm' | 'python3' | 'c++')[];
}

/**
 * Makes a folder of programs that stand in for npm, Python and the compiler: what they install computes with the plain
 * engine and says that it is native. So the setup's decisions are seen without its downloads.
 *
 * @returns the environment in which only these programs are found, and the calls that they had: `npm install …`
 */
export async function fakeTools(folder: string, tools: FakeTools) {
  const bin = join(folder, 'bin');
  const calls = join(folder, 'calls.txt');
  await rm(bin, { recursive: true, force: true });
  await mkdir(bin, { recursive: true });
  const program = join(folder, 'tool.cjs');
  const plan = { ...tools, calls, pid: join(folder, 'grandchild.pid'), project: resolve('.') };
  await writeFile(program, `#!${process.execPath}\nconst plan = ${JSON.stringify(plan)};\n${source}`, { mode: 0o755 });
  for (const name of tools.programs ?? ['npm', 'python3', 'c++']) await symlink(program, join(bin, name));
  return {
    env: { ...process.env, PATH: bin, MARGINALIA_CACHE: join(folder, 'cache'), CXX: 'c++' },
    calls: async () => (await readFile(calls, 'utf8').catch(() => '')).split('\n').filter((line) => line !== ''),
    pidFile: plan.pid,
  };
}

const source = `
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { spawn } = require('node:child_process');
const [name, args] = [basename(process.argv[1]), process.argv.slice(2)];
appendFileSync(plan.calls, [name, ...args].join(' ').split('\\n')[0] + '\\n');

const home = 'node_modules/@tensorflow/tfjs-node';
const write = (file, text) => {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
};
const addon = join(home, 'lib/napi-v8/tfjs_binding.node');
const engine = \`
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const addon = join(__dirname, 'lib/napi-v8/tfjs_binding.node');
if (!existsSync(addon)) throw new Error('The addon can not be found at path: ' + addon);
const behaviour = readFileSync(addon, 'utf8');
if (behaviour === 'crashes') process.kill(process.pid, 'SIGSEGV');
const tf = require(\${JSON.stringify(join(plan.project, 'node_modules/@tensorflow/tfjs'))});
module.exports = {
  ...tf,
  matMul: behaviour === 'wrong' ? (a) => a : tf.matMul,
  version: { 'tfjs-node': '4.22.0' },
  backend: () => ({ binding: { TF_Version: '9.9.9' } }),
};\`;

if (plan.endless === name && args[0] !== '--version') {
  const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  writeFileSync(plan.pid, String(grandchild.pid));
} else if (name === 'npm' && args[0] === 'install') {
  write(join(home, 'index.js'), engine);
  write(join(home, 'package.json'), '{}');
} else if (name === 'npm') {
  if (plan.prebuilt === 'unreachable') {
    console.error('Error: getaddrinfo ENOTFOUND downloads.invalid');
    process.exit(1);
  }
  write(addon, plan.prebuilt);
} else if (args.includes('download')) {
  const wheel = args.at(-1).replace('==', '-') + '-cp312.whl';
  write(join(args[args.indexOf('--dest') + 1], wheel), 'a wheel');
} else if (name === 'python3' && args[0] === '-c') {
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  for (const library of libraries) write(join(args[3], 'tensorflow', library), 'a library');
} else if (name === 'c++' && args.includes('-o')) {
  write(args[args.indexOf('-o') + 1], plan.compiled ?? 'fits');
}
`;

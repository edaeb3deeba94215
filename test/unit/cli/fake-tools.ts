import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** How the package's own install step comes out: with an addon, without a network, or with one that takes its process down. */
export type Prebuilt = 'fits' | 'unreachable' | 'crashes';

export interface FakeTools {
  readonly prebuilt: Prebuilt;
  /** What the addon does that the compiler makes. Default `fits`. */
  readonly compiled?: 'fits' | 'wrong';
  /** Part of the call that never comes to an end, and has started another program: `c++ -shared`. */
  readonly endless?: string;
  /** What TensorFlow's wheel says of what it requires. Default: two of NVIDIA's libraries, and what no GPU needs. */
  readonly metadata?: readonly string[];
  /** Part of the name of the wheel that cannot be downloaded. */
  readonly broken?: string;
  /** Whether the addon finds a GPU; the machine then has the library of NVIDIA's driver. Default false. */
  readonly gpu?: boolean;
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
  const plan = { metadata: requirements, ...tools, calls, pid: join(folder, 'grandchild.pid'), project: resolve('.') };
  await writeFile(program, `#!${process.execPath}\nconst plan = ${JSON.stringify(plan)};\n${source}`, { mode: 0o755 });
  for (const name of tools.programs ?? ['npm', 'python3', 'c++']) await symlink(program, join(bin, name));
  const driver = join(folder, 'driver');
  if (tools.gpu) {
    await mkdir(driver, { recursive: true });
    await writeFile(join(driver, 'libcuda.so.1'), '');
  }
  const cache = join(folder, 'cache');
  return {
    env: { ...process.env, PATH: bin, MARGINALIA_CACHE: cache, CXX: 'c++', LD_LIBRARY_PATH: tools.gpu ? driver : '' },
    calls: async () => (await readFile(calls, 'utf8').catch(() => '')).split('\n').filter((line) => line !== ''),
    pidFile: plan.pid,
  };
}

const requirements = [
  'Requires-Dist: numpy>=1.26.0',
  'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
  'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3.0.75; extra == "and-cuda"',
  'Requires-Dist: tensorflow-io-gcs-filesystem>=0.23.1; extra == "gcs-filesystem"',
];

const source = `
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { spawn } = require('node:child_process');
const [name, args] = [basename(process.argv[1]), process.argv.slice(2)];
const call = [name, ...args].join(' ').split('\\n')[0];
appendFileSync(plan.calls, call + '\\n');

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
  backend: () => ({ binding: { TF_Version: '9.9.9' }, isUsingGpuDevice: \${plan.gpu === true} }),
};
if (\${plan.gpu !== true}) console.error('2026-01-01 00:00:00.0: I a/b.cc:31] Could not find cuda drivers on your machine, GPU will not be used.');\`;

if (plan.endless !== undefined && call.includes(plan.endless) && !args.includes('--version')) {
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
  const [, required, version = ''] = /^([\\w-]+)(?:==(.*))?/.exec(args.at(-1));
  if (plan.broken !== undefined && required.includes(plan.broken)) {
    console.error('ERROR: the connection broke off');
    process.exit(1);
  }
  const wheel = required.replaceAll('-', '_') + '-' + (version || '12.3.4') + '-py3-none-any.whl';
  write(join(args[args.indexOf('--dest') + 1], wheel), 'a wheel');
} else if (name === 'python3' && args[0] === '-c' && args.length === 3) {
  console.log(plan.metadata.join('\\n'));
} else if (name === 'python3' && args[0] === '-c' && args[2].endsWith('.whl')) {
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  for (const library of libraries) write(join(args[3], 'tensorflow', library), 'a library');
} else if (name === 'python3' && args[0] === '-c') {
  for (const wheel of args.slice(3)) write(join(args[2], 'nvidia', basename(wheel).split('_')[1], 'lib/lib.so'), 'a library');
} else if (name === 'c++' && args.includes('-o')) {
  write(args[args.indexOf('-o') + 1], plan.compiled ?? 'fits');
}
`;

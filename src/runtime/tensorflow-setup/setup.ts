import { spawn } from 'node:child_process';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { cacheFolder, findInstallation, installationFolder, tfjsNodeVersion } from './installation.ts';
import type { Installation, InstallationRecord } from './installation.ts';

/** The release of TensorFlow whose wheel carries libtensorflow and its C headers. */
const wheelVersion = '2.21.0';
/** The Node-API version that tfjs-node looks for in Node 20 and newer. */
const nodeApiVersion = 8;
const nodeApiHeadersVersion = '1.9.0';

export interface SetupOptions {
  /** Folder of the built product, which holds `tensorflow-check.cjs`. */
  readonly distribution: string;
  /** Where to keep the result; default this user's cache folder. */
  readonly cache?: string;
  /** `compiled` goes straight to the compiled addon. Default: the standard install first. */
  readonly how?: 'standard' | 'compiled';
  /** Called when a step begins, with a line for a person. */
  readonly report: (step: string) => void;
  /** Called with everything the steps print, in lines. */
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** A setup that could not be finished: what failed and what a person can do about it. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/**
 * Gets native TensorFlow working for this user: first by the package's own install step, which downloads a prebuilt addon;
 * where that fails, by compiling the package's addon against the libtensorflow of a TensorFlow wheel. The result has
 * computed correctly in a process of its own before it counts. An installation that is there already is returned as it is.
 *
 * @throws SetupError where neither way works; the message names both reasons. The log has every line.
 */
export async function setUpTensorFlow(options: SetupOptions): Promise<Installation> {
  const cache = options.cache ?? cacheFolder();
  const present = findInstallation(cache);
  if (present !== undefined && (options.how === undefined || present.record.how === options.how)) return present;

  const reasons: string[] = [];
  for (const how of options.how === undefined ? (['standard', 'compiled'] as const) : [options.how]) {
    // Built aside and moved when it works, so that a setup cut short leaves nothing that looks finished.
    const folder = join(cache, 'tensorflow', `setup-${how}-${process.pid}`);
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      const steps = how === 'standard' ? installStandard : installCompiled;
      await steps(folder, options);
      options.report('Checking that it computes');
      const found = await check(folder, options);
      const record: InstallationRecord = { ...found, how, finished: new Date().toISOString() };
      await writeFile(join(folder, 'ready.json'), JSON.stringify(record, undefined, 2));
      const target = installationFolder(cache);
      await rm(target, { recursive: true, force: true });
      await rename(folder, target);
      return { folder: target, record };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      if (options.signal?.aborted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      options.log(`The ${how} way failed: ${reason}`);
      reasons.push(`${how}: ${reason}`);
    }
  }
  throw new SetupError(
    `Native TensorFlow could not be set up. ${reasons.join(' — ')}. Experiments go on with the wasm backend; see the log for every step.`,
  );
}

async function installPackages(
  folder: string,
  packages: Readonly<Record<string, string>>,
  scripts: boolean,
  options: SetupOptions,
) {
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify(
      { private: true, dependencies: packages, allowScripts: { '@tensorflow/tfjs-node': scripts } },
      undefined,
      2,
    ),
  );
  const flags = ['install', '--no-audit', '--no-fund', '--no-package-lock', ...(scripts ? [] : ['--ignore-scripts'])];
  await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', flags, folder, options);
}

async function installStandard(folder: string, options: SetupOptions): Promise<void> {
  options.report('Installing @tensorflow/tfjs-node with its prebuilt addon');
  await installPackages(folder, { '@tensorflow/tfjs-node': tfjsNodeVersion }, true, options);
}

async function installCompiled(folder: string, options: SetupOptions): Promise<void> {
  const platform = wheelPlatform();
  options.report('Installing @tensorflow/tfjs-node without its addon');
  await installPackages(
    folder,
    { '@tensorflow/tfjs-node': tfjsNodeVersion, 'node-api-headers': nodeApiHeadersVersion },
    false,
    options,
  );
  const home = join(folder, 'node_modules/@tensorflow/tfjs-node');

  options.report(`Downloading ${platform.wheel} ${wheelVersion} (about 270 MB)`);
  const wheels = join(folder, 'wheel');
  await run(
    python,
    [
      ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--progress-bar', 'off'],
      ...['--python-version', '3.12', '--implementation', 'cp', '--platform', platform.tag],
      ...['--dest', wheels, `${platform.wheel}==${wheelVersion}`],
    ],
    folder,
    options,
  );

  options.report('Unpacking libtensorflow and its headers (about 850 MB)');
  await run(python, ['-c', unpackWheel, wheels, join(folder, 'unpacked')], folder, options);
  const unpacked = join(folder, 'unpacked/tensorflow');
  const libraries = join(home, 'deps/lib');
  await mkdir(libraries, { recursive: true });
  for (const library of platform.libraries) await rename(join(unpacked, library), join(libraries, library));

  options.report('Compiling the addon');
  const addon = join(home, `lib/napi-v${nodeApiVersion}`);
  await mkdir(addon, { recursive: true });
  await run(
    process.env.CXX ?? 'c++',
    [
      ...['-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${nodeApiVersion}`],
      ...[`-I${join(folder, 'node_modules/node-api-headers/include')}`, `-I${join(unpacked, 'include')}`, `-I${home}`],
      ...[join(home, 'binding/tfjs_backend.cc'), join(home, 'binding/tfjs_binding.cc')],
      ...platform.libraries.map((library) => join(libraries, library)),
      ...platform.linkerFlags,
      ...['-o', join(addon, 'tfjs_binding.node')],
    ],
    folder,
    options,
  );
  await rm(wheels, { recursive: true });
  await rm(join(folder, 'unpacked'), { recursive: true });
}

const python = process.platform === 'win32' ? 'python' : 'python3';

/** Which wheel carries libtensorflow for this machine, and how its libraries are called. */
function wheelPlatform(): { wheel: string; tag: string; libraries: readonly string[]; linkerFlags: readonly string[] } {
  const linux = {
    libraries: ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
    linkerFlags: ['-Wl,-rpath,$ORIGIN/../../deps/lib'],
  };
  const machine = `${process.platform}-${process.arch}`;
  switch (machine) {
    case 'linux-x64':
      return { wheel: 'tensorflow-cpu', tag: 'manylinux_2_27_x86_64', ...linux };
    case 'linux-arm64':
      return { wheel: 'tensorflow', tag: 'manylinux_2_27_aarch64', ...linux };
    default:
      throw new SetupError(`compiling the addon is not supported on ${machine}, only on linux-x64 and linux-arm64`);
  }
}

/** Unpacks what the addon needs of the one wheel in a folder: `python3 -c … <folder> <target>`. */
const unpackWheel = `
import glob, os, sys, zipfile
source, target = sys.argv[1:]
wheel = glob.glob(os.path.join(source, '*.whl'))[0]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith('tensorflow/libtensorflow') or (name.startswith('tensorflow/include/') and name.endswith('.h')):
            archive.extract(name, target)
`;

const checkSchema = v.object({ tfjsNode: v.string(), libtensorflow: v.string() });

async function check(folder: string, options: SetupOptions): Promise<{ tfjsNode: string; libtensorflow: string }> {
  const script = join(options.distribution, 'tensorflow-check.cjs');
  await stat(script);
  const lines = await run(process.execPath, [script, folder], folder, options);
  const { tfjsNode, libtensorflow } = v.parse(checkSchema, JSON.parse(lines.at(-1) ?? ''));
  return { tfjsNode, libtensorflow };
}

/** Runs a command to its end and gives the lines of its standard output. */
function run(program: string, args: readonly string[], cwd: string, options: SetupOptions): Promise<string[]> {
  return new Promise((resolve, reject) => {
    options.log(`> ${program} ${args.filter((argument) => !argument.includes('\n')).join(' ')}`);
    const environment = { ...process.env, ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) };
    const child = spawn(program, args, {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: program.endsWith('.cmd'),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const output: string[] = [];
    const errors: string[] = [];
    const collect = (stream: NodeJS.ReadableStream, into: string[]) => {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split(/\r?\n|\r/);
        rest = lines.pop() ?? '';
        for (const line of lines) {
          into.push(line);
          options.log(line);
        }
      });
      stream.on('end', () => {
        if (rest === '') return;
        into.push(rest);
        options.log(rest);
      });
    };
    collect(child.stdout, output);
    collect(child.stderr, errors);
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new SetupError(`${program} is not on this machine's PATH`) : error);
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new SetupError(`${program} ended with ${signal ?? `code ${code ?? '?'}`}: ${lastWords(errors)}`));
    });
  });
}

/** The line that names the error, else the last ones: package managers end with advice, compilers with counts. */
function lastWords(lines: readonly string[]): string {
  const spoken = lines.map((line) => line.trim()).filter((line) => line !== '');
  const named = spoken.find((line) => /\bError: |\berror: |^ERROR: /.test(line));
  return named ?? (spoken.slice(-3).join(' / ') || 'it printed no error');
}

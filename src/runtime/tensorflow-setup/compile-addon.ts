import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Build } from './installation.ts';
import { downloadNvidiaLibraries, gigabytes, unpackNvidiaLibraries } from './nvidia-libraries.ts';
import { runProgram } from './run-program.ts';
import { SetupError } from './setup-error.ts';
import {
  bytesHere,
  downloadWheel,
  findWheel,
  python,
  tensorflowVersion,
  wheelFor,
  type TensorFlowWheel,
  type WheelOptions,
} from './wheels.ts';

/** The highest Node-API version that tfjs-node looks for; Node 20, newer ones and the editors' Electron all have it. */
const nodeApiVersion = 8;

const compiler = process.env.CXX ?? 'c++';

export interface CompileOptions extends WheelOptions {
  readonly build: Build;
}

/**
 * Compiles the addon of the package in a folder against the libtensorflow of a TensorFlow wheel, which pip downloads; the
 * build for GPUs with NVIDIA's libraries beside it.
 *
 * @returns NVIDIA's libraries that were laid beside it, `nvidia_cublas_cu12-12.9.1.4`
 * @throws SetupError where this is not supported, the machine lacks a tool or space, or a step fails
 */
export async function compileAddon(folder: string, options: CompileOptions): Promise<readonly string[]> {
  const { build, downloads } = options;
  const run = (program: string, args: readonly string[]) => runProgram(program, args, { ...options, cwd: folder });
  const wheel = wheelFor(build);
  await requireTools(run);
  await requireSpace(folder, wheel, downloads);
  const file =
    (await findWheel(downloads, wheel.name, `${tensorflowVersion}-`)) ?? (await download(folder, wheel, options));
  const nvidia = build === 'gpu' ? await downloadNvidiaLibraries(folder, file, wheel.download, options) : [];
  try {
    return await makeAddon(folder, wheel.libraries, [file, ...nvidia], options);
  } catch (error) {
    // Whether the wheels are at fault nobody knows, so nobody should begin with them again.
    if (!options.signal.aborted) await rm(downloads, { recursive: true, force: true });
    throw error;
  }
}

async function makeAddon(
  folder: string,
  libraryNames: readonly string[],
  [wheel, ...nvidia]: readonly [string, ...string[]],
  options: CompileOptions,
): Promise<readonly string[]> {
  const { report } = options;
  const run = (program: string, args: readonly string[]) => runProgram(program, args, { ...options, cwd: folder });
  const home = join(folder, 'node_modules/@tensorflow/tfjs-node');
  const dependencies = join(home, 'deps');
  const libraries = join(dependencies, 'lib');
  const addon = join(home, `lib/napi-v${nodeApiVersion}`);
  // What the package's own install step may have left.
  await rm(dependencies, { recursive: true, force: true });
  await rm(join(home, 'lib'), { recursive: true, force: true });

  report('Unpacking libtensorflow and its headers');
  await run(python, ['-c', unpackWheel, wheel, join(folder, 'unpacked')]);
  const unpacked = join(folder, 'unpacked/tensorflow');
  await mkdir(libraries, { recursive: true });
  for (const name of libraryNames) await rename(join(unpacked, name), join(libraries, name));

  report('Compiling the addon');
  await mkdir(addon, { recursive: true });
  await run(compiler, [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${nodeApiVersion}`],
    ...[`-I${join(folder, 'node_modules/node-api-headers/include')}`, `-I${join(unpacked, 'include')}`, `-I${home}`],
    ...[join(home, 'binding/tfjs_backend.cc'), join(home, 'binding/tfjs_binding.cc')],
    ...libraryNames.map((name) => join(libraries, name)),
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ...['-o', join(addon, 'tfjs_binding.node')],
  ]);
  await rm(join(folder, 'unpacked'), { recursive: true });
  if (nvidia.length === 0) return [];
  report("Unpacking NVIDIA's libraries");
  return unpackNvidiaLibraries(nvidia, dependencies, { ...options, cwd: folder });
}

async function download(
  folder: string,
  { name, tag, download }: TensorFlowWheel,
  options: CompileOptions,
): Promise<string> {
  const { build, downloads, report } = options;
  // What lies there belongs to another release.
  await rm(downloads, { recursive: true, force: true });
  const whole = build === 'gpu' ? `, of about ${gigabytes(download)} GB in all` : ` (about ${gigabytes(download)} GB)`;
  report(`Downloading ${name} ${tensorflowVersion}${whole}`);
  const cache = build === 'gpu' ? ['--no-cache-dir'] : [];
  const flags = [...cache, '--python-version', '3.12', '--implementation', 'cp', '--platform', tag];
  return downloadWheel(folder, { name, versions: `==${tensorflowVersion}` }, flags, options);
}

/** Says before anything large is downloaded that it would not fit. */
async function requireSpace(folder: string, { atMost, installed }: TensorFlowWheel, downloads: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const needed = atMost - (await bytesHere(downloads));
  if (bavail * bsize >= needed) return;
  throw new SetupError(
    `the disk of ${folder} has ${gigabytes(bavail * bsize)} GB free, and this takes ${gigabytes(needed)} GB, of which ` +
      `${gigabytes(installed)} GB stay; MARGINALIA_CACHE may name a folder on another disk`,
  );
}

/** Says everything that the machine lacks at once, and before anything large is downloaded. */
async function requireTools(run: (program: string, args: readonly string[]) => Promise<unknown>): Promise<void> {
  const there = (program: string, ...args: readonly string[]) =>
    run(program, args).then(
      () => true,
      (error: unknown) => {
        if (error instanceof SetupError) return false;
        throw error;
      },
    );
  const missing: { what: string; packages: readonly string[] }[] = [];
  if (!(await there(python, '--version'))) {
    missing.push({ what: 'Python 3 with pip', packages: ['python3', 'python3-pip'] });
  } else if (!(await there(python, '-m', 'pip', '--version'))) {
    missing.push({ what: `pip for ${python}`, packages: ['python3-pip'] });
  }
  if (!(await there(compiler, '--version'))) missing.push({ what: 'a C++ compiler', packages: ['g++'] });
  if (missing.length === 0) return;
  const packages = missing.flatMap((need) => need.packages).join(' ');
  throw new SetupError(
    `this machine lacks ${missing.map(({ what }) => what).join(' and ')}; ` +
      `on Debian and its relatives \`sudo apt-get install ${packages}\` brings that, elsewhere the system's own packages do`,
  );
}

/** Unpacks what the addon needs of a wheel: `python3 -c … <wheel> <target>`. */
const unpackWheel = `
import sys, zipfile
wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith('tensorflow/libtensorflow') or (name.startswith('tensorflow/include/') and name.endswith('.h')):
            archive.extract(name, target)
`;

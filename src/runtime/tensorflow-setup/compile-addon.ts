import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProgramOptions, runProgram } from './run-program.ts';
import { SetupError } from './setup-error.ts';

/** The release of TensorFlow whose wheel carries libtensorflow and its C headers. */
const wheelVersion = '2.21.0';
/** The highest Node-API version that tfjs-node looks for; Node 20, newer ones and the editors' Electron all have it. */
const nodeApiVersion = 8;

const python = 'python3';
const compiler = process.env.CXX ?? 'c++';

export interface CompileOptions extends Omit<ProgramOptions, 'cwd'> {
  /** Where the wheel is kept once it is whole; one that is there already is taken. */
  readonly downloads: string;
  /** Called when a step begins, with a line for a person. */
  readonly report: (step: string) => void;
}

/**
 * Compiles the addon of the package in a folder against the libtensorflow of a TensorFlow wheel, which pip downloads.
 *
 * @throws SetupError where this is not supported, the machine lacks a tool, or a step fails
 */
export async function compileAddon(folder: string, options: CompileOptions): Promise<void> {
  const { report } = options;
  const run = (program: string, args: readonly string[]) => runProgram(program, args, { ...options, cwd: folder });
  const platform = wheelPlatform();
  await requireTools(run);
  const home = join(folder, 'node_modules/@tensorflow/tfjs-node');
  const libraries = join(home, 'deps/lib');
  const addon = join(home, `lib/napi-v${nodeApiVersion}`);
  // What the package's own install step may have left.
  await rm(join(home, 'deps'), { recursive: true, force: true });
  await rm(join(home, 'lib'), { recursive: true, force: true });

  const wheel = (await findWheel(options.downloads)) ?? (await downloadWheel(folder, platform, options));
  report('Unpacking libtensorflow and its headers (about 850 MB)');
  await run(python, ['-c', unpackWheel, wheel, join(folder, 'unpacked')]);
  const unpacked = join(folder, 'unpacked/tensorflow');
  await mkdir(libraries, { recursive: true });
  for (const library of platform.libraries) await rename(join(unpacked, library), join(libraries, library));

  report('Compiling the addon');
  await mkdir(addon, { recursive: true });
  await run(compiler, [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${nodeApiVersion}`],
    ...[`-I${join(folder, 'node_modules/node-api-headers/include')}`, `-I${join(unpacked, 'include')}`, `-I${home}`],
    ...[join(home, 'binding/tfjs_backend.cc'), join(home, 'binding/tfjs_binding.cc')],
    ...platform.libraries.map((library) => join(libraries, library)),
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ...['-o', join(addon, 'tfjs_binding.node')],
  ]);
  await rm(join(folder, 'unpacked'), { recursive: true });
}

/** The wheel that an earlier setup downloaded and did not come to use. */
async function findWheel(downloads: string): Promise<string | undefined> {
  const names = await readdir(downloads).catch(() => []);
  const name = names.find((each) => each.includes(`-${wheelVersion}-`) && each.endsWith('.whl'));
  return name === undefined ? undefined : join(downloads, name);
}

/** Downloads the wheel; it appears among the downloads when it is whole. */
async function downloadWheel(folder: string, { wheel, tag }: WheelPlatform, options: CompileOptions): Promise<string> {
  options.report(`Downloading ${wheel} ${wheelVersion} (about 270 MB)`);
  const arriving = join(folder, 'wheel');
  const flags = [
    ...['--no-deps', '--only-binary=:all:', '--progress-bar', 'off', '--disable-pip-version-check', '--no-input'],
    ...['--python-version', '3.12', '--implementation', 'cp', '--platform', tag],
  ];
  const pip = ['-m', 'pip', 'download', ...flags, '--dest', arriving, `${wheel}==${wheelVersion}`];
  await runProgram(python, pip, { ...options, cwd: folder });
  await rm(options.downloads, { recursive: true, force: true });
  await rename(arriving, options.downloads);
  const found = await findWheel(options.downloads);
  if (found === undefined) throw new SetupError(`pip said that it downloaded ${wheel} ${wheelVersion} and did not`);
  return found;
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

interface WheelPlatform {
  readonly wheel: string;
  /** Platform tag of the wheel's name. */
  readonly tag: string;
  readonly libraries: readonly string[];
}

/** Which wheel carries libtensorflow for this machine, and how its libraries are called. */
function wheelPlatform(): WheelPlatform {
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  const machine = `${process.platform}-${process.arch}`;
  switch (machine) {
    case 'linux-x64':
      return { wheel: 'tensorflow-cpu', tag: 'manylinux_2_27_x86_64', libraries };
    case 'linux-arm64':
      return { wheel: 'tensorflow', tag: 'manylinux_2_27_aarch64', libraries };
    default:
      throw new SetupError(
        `on ${machine} there is only the prebuilt addon; compiling works on linux-x64 and linux-arm64`,
      );
  }
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

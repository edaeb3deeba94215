import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Build } from './installation.ts';
import { type ProgramOptions, runProgram } from './run-program.ts';
import { SetupError } from './setup-error.ts';

/** The release of TensorFlow whose wheels carry libtensorflow and its C headers. */
export const tensorflowVersion = '2.21.0';

export const python = 'python3';

export interface WheelOptions extends Omit<ProgramOptions, 'cwd'> {
  /** Where wheels are kept once they are whole; one that is there already is taken. */
  readonly downloads: string;
  /** Called when a step begins, with a line for a person. */
  readonly report: (step: string) => void;
}

export interface TensorFlowWheel {
  readonly name: string;
  /** Platform tag of the wheel's file name. */
  readonly tag: string;
  /** How the files are called that make up libtensorflow. */
  readonly libraries: readonly string[];
  /** About how much is downloaded, with NVIDIA's libraries where they belong to it; bytes. */
  readonly download: number;
  /** About how much lies on the disk when all is done, and at most while the setup goes on; bytes. */
  readonly installed: number;
  readonly atMost: number;
}

/** Which wheel carries libtensorflow for this machine. @throws SetupError where none does */
export function wheelFor(build: Build): TensorFlowWheel {
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  const machine = `${process.platform}-${process.arch}`;
  const cpu = { libraries, download: 0.28e9, installed: 1.1e9, atMost: 1.8e9 };
  switch (`${machine} ${build}`) {
    case 'linux-x64 cpu':
      return { name: 'tensorflow-cpu', tag: 'manylinux_2_27_x86_64', ...cpu };
    case 'linux-arm64 cpu':
      return { name: 'tensorflow', tag: 'manylinux_2_27_aarch64', ...cpu };
    case 'linux-x64 gpu':
      return {
        ...{ name: 'tensorflow', tag: 'manylinux_2_27_x86_64', libraries },
        ...{ download: 3.4e9, installed: 6e9, atMost: 10e9 },
      };
    default:
      throw new SetupError(
        build === 'gpu'
          ? `TensorFlow has no build with CUDA for ${machine}, only for linux-x64`
          : `on ${machine} there is only the prebuilt addon; compiling works on linux-x64 and linux-arm64`,
      );
  }
}

/** A package as its wheel's METADATA asks for it: name, and the versions that will do. */
export interface Requirement {
  readonly name: string;
  /** As pip reads it: `<13.0,>=12.5.3.2`. */
  readonly versions: string;
}

/**
 * NVIDIA's libraries among the `Requires-Dist` lines of TensorFlow's METADATA: what its extra `and-cuda` brings.
 *
 * @throws SetupError where there are none
 */
export function nvidiaRequirements(metadata: readonly string[]): Requirement[] {
  const found = metadata.flatMap((line) => {
    const [, name, versions, marker] = /^Requires-Dist: *(nvidia-[\w.-]*\w) *\(?([^;()]*)\)? *;(.*)$/.exec(line) ?? [];
    if (name === undefined || !/\bextra *== *["']and-cuda["']/.test(marker!)) return [];
    return [{ name, versions: versions!.replaceAll(' ', '') }];
  });
  if (found.length === 0)
    throw new SetupError("the wheel's METADATA names no libraries of NVIDIA's in its extra and-cuda");
  return found;
}

/** The `Requires-Dist` lines of a wheel's METADATA. */
export function readRequirements(wheel: string, options: ProgramOptions): Promise<string[]> {
  return runProgram(python, ['-c', requirementLines, wheel], options);
}

/** The wheel of a package that an earlier setup downloaded and did not come to use. */
export async function findWheel(downloads: string, name: string, version = ''): Promise<string | undefined> {
  const plain = (text: string) => text.replaceAll('-', '_');
  const names = await readdir(downloads).catch(() => []);
  const found = names.find((each) => plain(each).startsWith(plain(`${name}-${version}`)) && each.endsWith('.whl'));
  return found === undefined ? undefined : join(downloads, found);
}

/** How many bytes of wheels are here already. */
export async function bytesHere(downloads: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(downloads).catch(() => [])) bytes += (await stat(join(downloads, name))).size;
  return bytes;
}

/**
 * Has pip download the wheel of one package, without what that needs; it appears among the downloads when it is whole.
 *
 * @param folder - where it arrives
 * @param flags - pip's, for which machine and Python
 * @throws SetupError where pip fails; the wheels that are here stay
 */
export async function downloadWheel(
  folder: string,
  { name, versions }: Requirement,
  flags: readonly string[],
  options: WheelOptions,
): Promise<string> {
  const arriving = join(folder, 'arriving');
  await mkdir(arriving, { recursive: true });
  const quiet = ['--progress-bar', 'off', '--disable-pip-version-check', '--no-input'];
  const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', ...quiet, ...flags];
  try {
    // What pip writes while a wheel arrives lies there too: it goes with the folder, and a small /tmp is no obstacle.
    const env = { TMPDIR: arriving };
    await runProgram(python, [...pip, '--dest', arriving, `${name}${versions}`], { ...options, cwd: folder, env });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(`${name} could not be downloaded: ${error.message}`);
  }
  const wheel = await findWheel(arriving, name);
  if (wheel === undefined) throw new SetupError(`pip said that it downloaded ${name} and did not`);
  await mkdir(options.downloads, { recursive: true });
  const kept = join(options.downloads, wheel.slice(arriving.length + 1));
  await rename(wheel, kept);
  await rm(arriving, { recursive: true });
  return kept;
}

/** `python3 -c … <wheel>` */
const requirementLines = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    [metadata] = [name for name in archive.namelist() if name.endswith('.dist-info/METADATA')]
    for line in archive.read(metadata).decode().split('\\n\\n')[0].splitlines():
        if line.startswith('Requires-Dist:'):
            print(line)
`;

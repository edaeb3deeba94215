import { basename } from 'node:path';
import { type ProgramOptions, runProgram } from './run-program.ts';
import { bytesHere, downloadWheel, findWheel, nvidiaRequirements, python, readRequirements } from './wheels.ts';
import type { WheelOptions } from './wheels.ts';

/**
 * Downloads NVIDIA's libraries, in the versions that TensorFlow's wheel asks for.
 *
 * @param wheel - TensorFlow's
 * @param total - about how many bytes all downloads have, TensorFlow's wheel among them
 * @returns their wheels
 */
export async function downloadNvidiaLibraries(
  folder: string,
  wheel: string,
  total: number,
  options: WheelOptions,
): Promise<string[]> {
  const requirements = nvidiaRequirements(await readRequirements(wheel, { ...options, cwd: folder }));
  const wheels: string[] = [];
  for (const [index, requirement] of requirements.entries()) {
    const { name } = requirement;
    let found = await findWheel(options.downloads, name);
    if (found === undefined) {
      const here = `${gigabytes(await bytesHere(options.downloads))} of about ${gigabytes(total)} GB are here`;
      options.report(`Downloading ${name}, library ${index + 1} of ${requirements.length} (${here})`);
      // Not kept a second time by pip: they are large.
      found = await downloadWheel(folder, requirement, ['--no-cache-dir'], options);
    }
    wheels.push(found);
  }
  return wheels;
}

/** A number of bytes in gigabytes: `3.4`. */
export function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}

/**
 * Unpacks the libraries of NVIDIA's wheels, with the compiler of kernels, into `<target>/nvidia/<part>/lib`. From
 * `<target>/lib` libtensorflow finds them there: its RUNPATH names `$ORIGIN/../nvidia/<part>/lib`.
 *
 * @returns what was unpacked, name and version: `nvidia_cublas_cu12-12.9.1.4`
 */
export async function unpackNvidiaLibraries(
  wheels: readonly string[],
  target: string,
  options: ProgramOptions,
): Promise<string[]> {
  await runProgram(python, ['-c', unpackWheels, target, ...wheels], options);
  return wheels.map((wheel) => basename(wheel).split('-').slice(0, 2).join('-'));
}

/** Leaves out what only compiling against them needs: `python3 -c … <target> <wheel> …`. Python forgets who may run a file. */
const unpackWheels = `
import os, sys, zipfile
target, *wheels = sys.argv[1:]
for wheel in wheels:
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                name = member.filename
                if name.startswith('nvidia/') and '/include/' not in name and not name.endswith(('.a', '/')):
                    path = archive.extract(member, target)
                    mode = member.external_attr >> 16 & 0o777
                    if mode:
                        os.chmod(path, mode)
    except zipfile.BadZipFile:
        sys.exit(f'Error: {wheel} is not a whole wheel')
`;

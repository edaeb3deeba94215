import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Linux systems and containers keep the driver's library, beside what `LD_LIBRARY_PATH` names. */
const libraryFolders = [
  ...['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/lib/x86_64-linux-gnu', '/usr/local/nvidia/lib64'],
  '/usr/local/cuda/compat',
  // Windows' subsystem for Linux.
  '/usr/lib/wsl/lib',
  // NixOS.
  '/run/opengl-driver/lib',
];

/**
 * The file by which a driver for NVIDIA's graphics processors is known on this machine; `undefined` where there is none.
 * That a driver is there does not say that it works, nor that there is a processor: only computing tells.
 */
export function findNvidiaDriver(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const among = (folders: readonly string[], name: string) =>
    folders.filter((folder) => folder !== '').map((folder) => join(folder, name));
  return [
    '/proc/driver/nvidia/version',
    ...among([...(environment.LD_LIBRARY_PATH ?? '').split(delimiter), ...libraryFolders], 'libcuda.so.1'),
    ...among((environment.PATH ?? '').split(delimiter), 'nvidia-smi'),
  ].find((file) => existsSync(file));
}

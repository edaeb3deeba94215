import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { findNvidiaDriver } from './nvidia-driver.ts';

/** The release of `@tensorflow/tfjs-node` that is set up; its tensors' core must be the one that the other backends use. */
export const tfjsNodeVersion = '4.22.0';

/** `cpu` computes on the processor; `gpu` is libtensorflow with CUDA, which does so too where it finds no graphics processor. */
export type Build = 'cpu' | 'gpu';

const recordSchema = v.object({
  tfjsNode: v.string(),
  libtensorflow: v.string(),
  /** `standard`: the package's own install step; `compiled`: its addon built against the libraries of a Python wheel. */
  how: v.picklist(['standard', 'compiled']),
  build: v.optional(v.picklist(['cpu', 'gpu']), 'cpu'),
  /** Whether it computed on a graphics processor when it was checked. */
  onGpu: v.optional(v.boolean(), false),
  /** NVIDIA's libraries that were laid beside it, as their wheels are called: `nvidia_cublas_cu12-12.9.1.4`. */
  nvidiaLibraries: v.optional(v.array(v.string())),
  /** ISO time. */
  finished: v.string(),
});

/** What `ready.json` says of a finished setup. */
export type InstallationRecord = v.InferOutput<typeof recordSchema>;

/** A native TensorFlow that has been set up and has computed correctly once. */
export interface Installation {
  /** Folder that holds `node_modules/@tensorflow/tfjs-node`. */
  readonly folder: string;
  readonly record: InstallationRecord;
}

/** The folder in which Marginalia keeps what it set up for this user: `MARGINALIA_CACHE`, else the platform's cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.MARGINALIA_CACHE) return environment.MARGINALIA_CACHE;
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library/Caches/marginalia');
    case 'win32':
      return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData/Local'), 'marginalia');
    default:
      return join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'marginalia');
  }
}

/** Where the native TensorFlow of this platform is, or will be, set up. Both builds may be there. */
export function installationFolder(build: Build = 'cpu', cache: string = cacheFolder()): string {
  const suffix = build === 'gpu' ? '-gpu' : '';
  return join(cache, 'tensorflow', `tfjs-node-${tfjsNodeVersion}-${process.platform}-${process.arch}${suffix}`);
}

/** The file that says what the last setup did, step by step. */
export function setupLog(cache: string = cacheFolder()): string {
  return join(cache, 'tensorflow', 'setup.log');
}

/** The installation that an earlier setup finished; `undefined` where there is none or its record is broken. */
export function findInstallation(build: Build = 'cpu', cache: string = cacheFolder()): Installation | undefined {
  const folder = installationFolder(build, cache);
  const file = join(folder, 'ready.json');
  if (!existsSync(file)) return undefined;
  try {
    return { folder, record: v.parse(recordSchema, JSON.parse(readFileSync(file, 'utf8'))) };
  } catch {
    // A record cut short by a crash is as good as none: the setup is simply run again.
    return undefined;
  }
}

/** Which installations a start tries. */
export interface InstallationChoice {
  /** Best first; empty where nothing is set up. */
  readonly installations: readonly Installation[];
  /** What is to be said of the choice, for a person: why the build for GPUs is not taken, or computes on the processor. */
  readonly remark?: string;
}

/** The installations to be tried on this machine: the build for GPUs first where a driver is there, else last. */
export function chooseInstallations(cache: string = cacheFolder()): InstallationChoice {
  const cpu = findInstallation('cpu', cache);
  const gpu = findInstallation('gpu', cache);
  if (gpu === undefined) return { installations: cpu === undefined ? [] : [cpu] };
  if (findNvidiaDriver() !== undefined) return { installations: cpu === undefined ? [gpu] : [gpu, cpu] };
  return cpu === undefined
    ? { installations: [gpu], remark: 'it computes on the processor, because this machine has no NVIDIA driver' }
    : {
        installations: [cpu],
        remark: 'its build for GPUs is set up too and not taken, because this machine has no NVIDIA driver',
      };
}

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';

/** The release of `@tensorflow/tfjs-node` that is set up; its tensors' core must be the one that the other backends use. */
export const tfjsNodeVersion = '4.22.0';

const recordSchema = v.object({
  tfjsNode: v.string(),
  libtensorflow: v.string(),
  /** `standard`: the package's own install step; `compiled`: its addon built against the libraries of a Python wheel. */
  how: v.picklist(['standard', 'compiled']),
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

/** Where the native TensorFlow of this platform is, or will be, set up. */
export function installationFolder(cache: string = cacheFolder()): string {
  return join(cache, 'tensorflow', `tfjs-node-${tfjsNodeVersion}-${process.platform}-${process.arch}`);
}

/** The file that says what the last setup did, step by step. */
export function setupLog(cache: string = cacheFolder()): string {
  return join(cache, 'tensorflow', 'setup.log');
}

/** The installation that an earlier setup finished; `undefined` where there is none or its record is broken. */
export function findInstallation(cache: string = cacheFolder()): Installation | undefined {
  const folder = installationFolder(cache);
  const file = join(folder, 'ready.json');
  if (!existsSync(file)) return undefined;
  try {
    return { folder, record: v.parse(recordSchema, JSON.parse(readFileSync(file, 'utf8'))) };
  } catch {
    // A record cut short by a crash is as good as none: the setup is simply run again.
    return undefined;
  }
}
